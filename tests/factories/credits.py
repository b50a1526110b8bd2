"""Credits of providers."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.credits.models import CreditPurchase, CreditTransaction
from apps.credits.services.ledger import Entry, grant
from tests.factories.accounts import UserFactory
from tests.factories.providers import ProviderFactory


def give_credits(provider: Any, credits: int, **options: Any) -> CreditTransaction:
    """Give a provider credits, as a present; ``expires_at`` says until when."""
    entry = Entry(CreditTransaction.Type.BONUS, "A present")
    return grant(provider_id=provider.pk, credits=credits, entry=entry, **options)


class PurchaseFactory(DjangoModelFactory[CreditPurchase]):
    """Credits that are to be paid."""

    class Meta:
        model = CreditPurchase

    provider: Any = factory.SubFactory(ProviderFactory)
    credits = 20
    currency = "USD"
    price = 2000
    created_by: Any = factory.SubFactory(UserFactory)
