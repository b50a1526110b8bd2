"""Orders, bids and what comes of them in the admin. States change by services alone."""

from apps.orders.admin import bids, disputes, orders, parts, work

__all__ = ["bids", "disputes", "orders", "parts", "work"]
