"""What the pages of orders and of their parts share."""

from typing import Any

from django.http import HttpRequest

from kernel.admin import SoftDeleteAdmin


class PartAdmin(SoftDeleteAdmin):
    """Parts of orders, which come about by services, and come back with their orders alone."""

    actions: Any = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
