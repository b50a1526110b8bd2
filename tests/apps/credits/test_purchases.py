"""Purchases wait to be paid; in development the console pays."""

import pytest

from apps.core.services.event_log import deliver_due
from apps.credits import errors
from apps.credits.events import CreditPurchaseFailed, CreditPurchaseOpened
from apps.credits.handlers import welcome_provider
from apps.credits.models import CreditPurchase, CreditTransaction
from apps.credits.selectors import balance_of
from apps.credits.services.purchases import fail_purchase, purchase_credits, settle_purchase
from apps.providers.events import ProviderVerified
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory
from tests.factories.credits import PurchaseFactory
from tests.support.announced import announced
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db


def test_the_console_pays_for_what_is_bought(cast: Cast):
    purchase = purchase_credits(provider=cast.ada_business, credits=20, by=cast.ada)

    deliver_due()

    purchase.refresh_from_db()
    assert purchase.status == "SETTLED"
    assert purchase.transaction.amount == 20
    assert balance_of(cast.ada_business.pk).credits == 20


@pytest.mark.parametrize("close", ["settle", "fail"])
def test_a_purchase_that_failed_stays_so(close: str):
    purchase = PurchaseFactory()
    with announced() as heard:
        fail_purchase(purchase_id=purchase.pk, failure="card_declined")

    with nothing_changes(), pytest.raises(errors.PurchaseNotPending):
        if close == "settle":
            settle_purchase(purchase_id=purchase.pk)
        else:
            fail_purchase(purchase_id=purchase.pk, failure="expired")

    told = CreditPurchaseFailed(provider_id=purchase.provider_id, purchase_id=purchase.pk)
    assert heard == [told]
    assert CreditPurchase.objects.get().failure == "card_declined"


def test_what_is_settled_does_not_fail():
    purchase = settle_purchase(purchase_id=PurchaseFactory().pk)

    with nothing_changes(), pytest.raises(errors.PurchaseNotPending):
        fail_purchase(purchase_id=purchase.pk, failure="card_declined")


def test_where_nobody_takes_payments_a_purchase_waits(cast: Cast, settings):
    with announced() as heard:
        purchase = purchase_credits(provider=cast.ada_business, credits=20, by=cast.ada)
    settings.PAYMENT_GATEWAY = ""

    deliver_due()

    told = CreditPurchaseOpened(provider_id=cast.ada_business.pk, purchase_id=purchase.pk)
    assert heard == [told]
    assert CreditPurchase.objects.get().status == "PENDING"


def test_a_new_provider_is_welcomed_once(cast: Cast):
    SettingFactory(key="credits.welcome_bonus", value="5", setting_type="INTEGER")
    fact = ProviderVerified(provider_id=cast.ada_business.pk, user_id=cast.ada.pk)

    welcome_provider(fact)
    welcome_provider(fact)

    row = CreditTransaction.objects.get()
    assert (row.transaction_type, row.amount, row.lot.remaining) == ("BONUS", 5, 5)


def test_nobody_is_welcomed_with_nothing(cast: Cast):
    welcome_provider(ProviderVerified(provider_id=cast.ada_business.pk, user_id=cast.ada.pk))

    assert not CreditTransaction.objects.exists()
