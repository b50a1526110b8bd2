"""What the pages of orders and of their parts share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from kernel.admin import SoftDeleteAdmin
from kernel.errors import DomainError, NotAllowed


def act(page: Any, request: HttpRequest, rows: Any, service: Callable[[Any], object]) -> None:
    """Call a service for each of the chosen rows, and tell of those that it refused."""
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                service(row)
            done += 1
        except (DomainError, NotAllowed) as refusal:
            # By its text, for some messages have blanks that are filled in.
            told = refusal.messages[0] if isinstance(refusal, DomainError) else refusal.message
            page.message_user(request, f"{row}: {told}", messages.ERROR)
    page.message_user(request, f"Done: {done}.", messages.SUCCESS)


class PartAdmin(SoftDeleteAdmin):
    """Parts of orders, which come about by services, and come back with their orders alone."""

    actions: Any = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
