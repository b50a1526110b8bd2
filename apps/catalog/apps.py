"""The app of what can be booked, where and in which languages."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Catalog."""

    name = "apps.catalog"
    label = "catalog"
