"""Changing a balance by hand."""

from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.services.sessions import start_session
from apps.credits.models import CreditTransaction
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

ROW = "... on CreditTransaction { transactionType amount balanceAfter createdBy { id } }"


def given(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What to adjust of Ada's credits."""
    usual = {"providerId": gid(cast.ada_business), "credits": 5, "description": "Sorry"}
    return usual | changes


def test_staff_give_and_take(graphql: GraphQL, cast: Cast):
    graphql.mutate("adjustCredits", given(cast), by=cast.dora)
    answer = graphql.mutate("adjustCredits", given(cast, credits=-2), ROW, by=cast.dora)

    assert answer.data["adjustCredits"] == {
        "__typename": "CreditTransaction",
        "transactionType": "ADJUSTMENT",
        "amount": -2,
        "balanceAfter": 3,
        "createdBy": {"id": gid(cast.dora)},
    }


def test_a_present_may_expire(graphql: GraphQL, cast: Cast):
    until = (clock.now() + timedelta(days=1)).isoformat()

    present = given(cast, isBonus=True, expiresAt=until)
    answer = graphql.mutate("adjustCredits", present, ROW, by=cast.dora)

    assert answer.data["adjustCredits"]["transactionType"] == "BONUS"
    assert CreditTransaction.objects.get().lot.remaining == 5


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"credits": 0}, "invalid_credits"),
        ({"credits": 1_000_001}, "invalid_credits"),
        ({"credits": -1_000_001}, "invalid_credits"),
        ({"credits": -1, "isBonus": True}, "invalid_credits"),
        ({"credits": -6}, "insufficient_credits"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "invalid_expiry"),
        ({"credits": -1, "expiresAt": "2099-01-01T00:00:00Z"}, "invalid_expiry"),
        ({"description": " "}, "description_missing"),
        ({"description": "x" * 301}, "max_length"),
    ],
)
def test_what_makes_no_sense_is_refused(graphql: GraphQL, cast: Cast, changes: Any, code: str):
    give_credits(cast.ada_business, 5)
    token = start_session(user=cast.dora).access_token

    with nothing_changes():
        answer = graphql.mutate("adjustCredits", given(cast, **changes), token=token)

    assert answer.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("ben", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_who_may_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    wanted, by = given(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("adjustCredits", wanted, by=by)

    assert answer.code == code


def test_nobody_adjusts_their_own(graphql: GraphQL, cast: Cast):
    own = given(cast, providerId=gid(ProviderFactory(user=cast.dora)))

    with nothing_changes():
        answer = graphql.mutate("adjustCredits", own, by=cast.dora)

    assert answer.code == "own_wallet"


def test_it_needs_a_fresh_proof(graphql: GraphQL, cast: Cast, settings):
    settings.STEP_UP_SECONDS, wanted, by = 0, given(cast), cast.dora

    with nothing_changes():
        answer = graphql.mutate("adjustCredits", wanted, by=by)

    assert answer.code == "step_up_required"
