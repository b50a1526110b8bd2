"""Mails to those who have accounts."""

from typing import Any

from apps.accounts.models import User
from apps.accounts.selectors import language_of
from apps.core.services.outbox import send_mail


def write_to(user: User, template: str, *, to: str = "", language: str = "", **told: Any) -> None:
    """Queue a mail to a user, within the caller's transaction: with its name and what it is told.

    It goes to the user's own address where ``to`` names no other, in the user's language; for who
    prefers none, in that of ``language``, a code or an Accept-Language header.
    """
    send_mail(
        template=template,
        to=to or user.email,
        language=language_of(user, accept_language=language),
        context={"name": user.name, **told},
        user=user,
    )
