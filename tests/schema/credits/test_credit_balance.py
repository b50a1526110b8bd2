"""What there is to spend, or was."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.support.graphql import GraphQL, gid

BALANCE = """
query($at: DateTime, $of: ID) {
  creditBalance(at: $at, providerId: $of) { credits expiring nextExpiryAt }
}
"""
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_provider_reads_its_balance_of_now_and_of_then(graphql: GraphQL, cast: Cast):
    with time_machine.travel(NOON, tick=False):
        give_credits(cast.ada_business, 5)
    give_credits(cast.ada_business, 3, expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    then = (NOON + timedelta(hours=1)).isoformat()

    now = graphql(BALANCE, by=cast.ada).data["creditBalance"]
    before = graphql(BALANCE, {"at": then}, by=cast.ada).data["creditBalance"]

    expiry = "2099-01-01T00:00:00.000000+00:00"
    assert now == {"credits": 8, "expiring": 3, "nextExpiryAt": expiry}
    assert before["credits"] == 5


def test_who_has_moved_nothing_has_nothing(graphql: GraphQL, cast: Cast):
    give_credits(cast.ada_business, 5)

    found = graphql(BALANCE, by=cast.cleo).data["creditBalance"]

    assert found == {"credits": 0, "expiring": 0, "nextExpiryAt": None}


def test_staff_read_the_balance_of_anyone(graphql: GraphQL, cast: Cast):
    give_credits(cast.ada_business, 5)

    found = graphql(BALANCE, {"of": gid(cast.ada_business)}, by=cast.dora)

    assert found.data["creditBalance"]["credits"] == 5


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_reads_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    business, by = cast.ada_business, getattr(cast, who)

    assert graphql(BALANCE, {"of": gid(business)}, by=by).code == code


def test_who_has_no_business_has_no_balance(graphql: GraphQL, cast: Cast):
    assert graphql(BALANCE, by=cast.ben).code == "no_provider_profile"


@pytest.mark.parametrize(
    ("who", "credits"), [("ada", 5), ("dora", 5), ("cleo", None), ("nobody", None)]
)
def test_a_profile_shows_the_balance_to_its_owner(
    graphql: GraphQL, cast: Cast, who: str, credits: int | None
):
    give_credits(cast.ada_business, 5)
    document = "query($id: ID!) { provider(id: $id) { creditBalance } }"

    found = graphql(document, {"id": gid(cast.ada_business)}, by=getattr(cast, who))

    assert found.data["provider"]["creditBalance"] == credits
