"""Asking for credits."""

import pytest

from apps.credits.events import CreditPurchaseOpened
from apps.credits.models import CreditPurchase
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL
from tests.support.unchanged import nothing_changes

PURCHASE = "... on CreditPurchase { credits status price { amount currency } transaction { id } }"


def test_a_purchase_waits_to_be_paid(graphql: GraphQL, cast: Cast):
    SettingFactory(key="credits.price", value="1.25", setting_type="DECIMAL")
    business = cast.ada_business

    with announced() as heard:
        answer = graphql.mutate("purchaseCredits", {"credits": 21}, PURCHASE, by=cast.ada)

    purchase = CreditPurchase.objects.get(created_by=cast.ada)
    told = CreditPurchaseOpened(provider_id=business.pk, purchase_id=purchase.pk)
    assert answer.data["purchaseCredits"] == {
        "__typename": "CreditPurchase",
        "credits": 21,
        "status": "PENDING",
        "price": {"amount": "26.25", "currency": "USD"},
        "transaction": None,
    }
    assert heard == [told]


@pytest.mark.parametrize("credits", [-1, 0, 4, 1001])
def test_not_any_number_is_sold(graphql: GraphQL, cast: Cast, credits: int):
    business = cast.ada_business

    with nothing_changes():
        answer = graphql.mutate("purchaseCredits", {"credits": credits}, by=cast.ada)

    assert answer.code == "invalid_credits"
    assert answer.refusal["message"] == "The number of credits must be from 5 to 1000."
    assert business.credit_purchases.count() == 0


def test_where_nobody_takes_payments_nothing_is_sold(graphql: GraphQL, cast: Cast, settings):
    settings.PAYMENT_GATEWAY, _ = "", cast.ada_business

    with nothing_changes():
        answer = graphql.mutate("purchaseCredits", {"credits": 20}, by=cast.ada)

    assert answer.code == "payments_not_configured"
    assert "PAYMENT_GATEWAY" in answer.refusal["message"]


@pytest.mark.parametrize(
    ("who", "code"), [("ben", "no_provider_profile"), ("nobody", "not_signed_in")]
)
def test_only_a_business_buys(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("purchaseCredits", {"credits": 20}, by=by)

    assert answer.code == code
