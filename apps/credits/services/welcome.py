"""What a provider begins with."""

from datetime import timedelta
from uuid import UUID

from apps.core.configuration import values
from apps.credits.configuration import WELCOME_BONUS, WELCOME_DAYS
from apps.credits.models import CreditTransaction
from apps.credits.services.ledger import Entry, grant
from kernel import clock


def welcome(*, provider_id: UUID) -> None:
    """Give a provider the credits that come with its first verification; once, however often it is
    verified.
    """
    credits, days = values(WELCOME_BONUS, WELCOME_DAYS)
    if credits:
        entry = Entry(CreditTransaction.Type.BONUS, "Welcome", idempotency_key="welcome")
        expires_at = clock.now() + timedelta(days=days)
        grant(provider_id=provider_id, credits=credits, entry=entry, expires_at=expires_at)
