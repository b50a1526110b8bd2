"""What is done about facts."""

from apps.credits.events import CreditPurchaseOpened
from apps.credits.services import purchases
from apps.credits.services.welcome import welcome
from apps.providers.events import ProviderVerified
from kernel.events import on


@on(CreditPurchaseOpened)
def take_payment(fact: CreditPurchaseOpened) -> None:
    """Have a purchase paid for."""
    purchases.take_payment(purchase_id=fact.purchase_id)


@on(ProviderVerified)
def welcome_provider(fact: ProviderVerified) -> None:
    """Give a new provider something to begin with."""
    welcome(provider_id=fact.provider_id)
