"""The app of orders, bids and assignments."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders."""

    name = "apps.orders"
    label = "orders"
