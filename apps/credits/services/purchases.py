"""Buying credits: a purchase waits for its price to be paid, and brings them then."""

from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.core.configuration import values
from apps.credits import errors
from apps.credits.configuration import LEAST_PURCHASE, MOST_PURCHASE, PRICE
from apps.credits.events import CreditPurchaseFailed, CreditPurchaseOpened, CreditPurchaseSettled
from apps.credits.models import CreditPurchase, CreditTransaction
from apps.credits.services.ledger import Entry, grant
from apps.providers.models import ServiceProviderProfile
from kernel import clock, events
from kernel.lookup import one_of
from kernel.money import Money

log = structlog.get_logger(__name__)


@transaction.atomic
def purchase_credits(*, provider: ServiceProviderProfile, credits: int, by: User) -> CreditPurchase:
    """Write down that a provider wants to buy credits, at the price of this moment.

    Raises PaymentsNotConfigured, or InvalidCredits for fewer or more than are sold at once.
    """
    if not settings.PAYMENT_GATEWAY:
        raise errors.PaymentsNotConfigured
    price, least, most = values(PRICE, LEAST_PURCHASE, MOST_PURCHASE)
    if not least <= credits <= most:
        raise errors.InvalidCredits(params={"least": least, "most": most})
    currency = settings.PLATFORM_CURRENCY
    purchase = CreditPurchase.objects.create(
        provider=provider,
        credits=credits,
        currency=currency,
        price=Money.rounded(price * credits, currency),
        created_by=by,
    )
    events.publish(CreditPurchaseOpened(provider_id=provider.pk, purchase_id=purchase.pk))
    return purchase


@transaction.atomic
def settle_purchase(*, purchase_id: UUID) -> CreditPurchase:
    """Bring the credits of a purchase that was paid; does nothing the second time.

    Raises PurchaseNotPending for one that failed.
    """
    purchase = _locked(purchase_id)
    if purchase.status == CreditPurchase.Status.SETTLED:
        return purchase
    _require_pending(purchase)
    entry = Entry(
        CreditTransaction.Type.PURCHASE,
        reference=str(purchase.pk),
        idempotency_key=f"purchase:{purchase.pk}",
    )
    row = grant(provider_id=purchase.provider_id, credits=purchase.credits, entry=entry)
    _close(purchase, CreditPurchase.Status.SETTLED, transaction=row, settled_at=clock.now())
    events.publish(CreditPurchaseSettled(provider_id=purchase.provider_id, purchase_id=purchase.pk))
    return purchase


@transaction.atomic
def fail_purchase(*, purchase_id: UUID, failure: str) -> CreditPurchase:
    """Close a purchase that was not paid, for a reason that is a code.

    Raises PurchaseNotPending.
    """
    purchase = _locked(purchase_id)
    _require_pending(purchase)
    _close(purchase, CreditPurchase.Status.FAILED, failure=failure)
    events.publish(CreditPurchaseFailed(provider_id=purchase.provider_id, purchase_id=purchase.pk))
    return purchase


def take_payment(*, purchase_id: UUID) -> None:
    """Have a purchase paid for by the gateway that the setting PAYMENT_GATEWAY names.

    The console's shows what would have been charged, and counts as paid.
    """
    if settings.PAYMENT_GATEWAY == "console":
        purchase = settle_purchase(purchase_id=purchase_id)
        log.info("payment", price=str(purchase.price), credits=purchase.credits)


def _locked(purchase_id: UUID) -> CreditPurchase:
    rows = CreditPurchase.objects.select_for_update(no_key=True)
    found: CreditPurchase = one_of(rows, pk=purchase_id)
    return found


def _require_pending(purchase: CreditPurchase) -> None:
    if purchase.status != CreditPurchase.Status.PENDING:
        raise errors.PurchaseNotPending


def _close(purchase: CreditPurchase, status: CreditPurchase.Status, **changes: Any) -> None:
    changes["status"] = status
    for name, value in changes.items():
        setattr(purchase, name, value)
    purchase.save(update_fields=list(changes))
