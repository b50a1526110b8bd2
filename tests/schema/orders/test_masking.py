"""What of an order only its parties read."""

from typing import Any

import pytest

from apps.orders.models import Order
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.graphql import GraphQL, gid

PLACE = "city location postalCode latitude longitude client { name }"
DIRECT = f"query($id: ID!) {{ order(id: $id) {{ {PLACE} }} }}"
LISTED = f"query {{ orders {{ edges {{ node {{ {PLACE} }} }} }} }}"
BY_NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Order {{ {PLACE} }} }} }}"
BY_BIDS = f"query {{ bids {{ edges {{ node {{ order {{ {PLACE} }} }} }} }} }}"
AROUND = f"""query($id: ID!) {{ order(id: $id) {{
  bids {{ edges {{ node {{ order {{ {PLACE} }} }} }} }} }} }}"""
ASSIGNED = """query($id: ID!) { order(id: $id) { finalPrice { amount }
  assignment { completionNotes provider { id } bid { amount { amount } termsConditions } } } }"""

SHOWN = {
    "city": "Cape Town",
    "location": "12 Lower Main Road",
    "postalCode": "7925",
    "latitude": -33.9,
    "longitude": 18.4,
    "client": {"name": "Ben Botha"},
}
HIDDEN = dict.fromkeys(SHOWN) | {"city": "Cape Town", "client": {"name": None}}
WHERE = {"postal_code": "7925", "latitude": -33.9, "longitude": 18.4}


def _only(found: Any) -> Any:
    """The innermost object of an answer with one path to it."""
    while "city" not in found:
        (found,) = found if isinstance(found, list) else found.values()
    return found


@pytest.mark.parametrize(("who", "seen"), [("ben", SHOWN), ("ada", SHOWN), ("dora", SHOWN)])
@pytest.mark.parametrize("document", [DIRECT, LISTED, BY_NODE, BY_BIDS, AROUND])
def test_the_parties_and_staff_read_where_it_is(
    graphql: GraphQL, cast: Cast, document: str, who: str, seen: dict[str, Any]
):
    order = cast.ada_work(assigned=True, **WHERE)

    answer = graphql(document, {"id": gid(order)}, by=getattr(cast, who))

    assert _only(answer.data) == seen


@pytest.mark.parametrize("document", [DIRECT, LISTED, BY_NODE])
def test_providers_who_could_bid_do_not(graphql: GraphQL, cast: Cast, document: str):
    order = cast.ben_order(published=True, **WHERE)

    answer = graphql(document, {"id": gid(order)}, by=cast.cleo)

    assert _only(answer.data) == HIDDEN


@pytest.mark.parametrize("document", [DIRECT, LISTED, BY_NODE, BY_BIDS, AROUND])
def test_bidders_do_not_before_they_win(graphql: GraphQL, cast: Cast, document: str):
    bid = cast.ada_bid(order=cast.ben_order(published=True, **WHERE))

    answer = graphql(document, {"id": gid(bid.order)}, by=cast.ada)

    assert _only(answer.data) == HIDDEN


@pytest.mark.parametrize("document", [DIRECT, LISTED, BY_NODE, BY_BIDS, AROUND])
def test_bidders_who_lost_do_not(graphql: GraphQL, cast: Cast, document: str):
    order = cast.ada_work(assigned=True, **WHERE)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    answer = graphql(document, {"id": gid(order)}, by=loser)

    assert _only(answer.data) == HIDDEN


def test_who_carries_it_out_and_for_how_much_is_the_parties_to_know(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True, final_price=800_00)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    client = graphql(ASSIGNED, {"id": gid(order)}, by=cast.ben).data["order"]
    other = graphql(ASSIGNED, {"id": gid(order)}, by=loser).data["order"]

    assert client["finalPrice"] == {"amount": "800.00"}
    assert client["assignment"]["bid"]["amount"] == {"amount": "800.00"}
    assert other == {"finalPrice": None, "assignment": None}


REASON = "query($id: ID!) { order(id: $id) { cancellationReason cancelledBy } }"


def test_why_it_was_called_off_is_the_parties_to_know(graphql: GraphQL, cast: Cast):
    said = {"cancellation_reason": "He drank.", "cancelled_by": "STAFF"}
    order = cast.ada_work(cancelled=True, **said)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    told = [
        graphql(REASON, {"id": gid(order)}, by=by).data["order"]["cancellationReason"]
        for by in (cast.ben, cast.ada, cast.dora, loser)
    ]

    assert told == ["He drank."] * 3 + [""]


STEPS = """query($id: ID!) { order(id: $id) { transitions { totalCount }
  disputes { totalCount } } }"""


def test_steps_and_disputes_are_the_parties_to_know(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    loser = BidFactory(order=bid.order).provider.user_profile.user
    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)
    dispute = {"orderId": gid(bid.order), "disputeType": "NO_SHOW", "description": "Nobody came."}
    graphql.mutate("openDispute", dispute, by=cast.ben)

    client, provider, other = (
        graphql(STEPS, {"id": gid(bid.order)}, by=by).data["order"]
        for by in (cast.ben, cast.ada, loser)
    )

    assert client == provider == {"transitions": {"totalCount": 2}, "disputes": {"totalCount": 1}}
    assert other == {"transitions": {"totalCount": 0}, "disputes": {"totalCount": 0}}


OPENED_BY = "query($id: ID!) { order(id: $id) { disputes { edges { node { openedBy {"
OPENED_BY += " name email profile { phoneNumber address } } } } } } }"


def test_the_other_partys_email_phone_and_address_stay_theirs(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)
    profile = cast.ben_client.user_profile
    profile.phone_number, profile.address = "+27211234567", "12 Lower Main Road"
    profile.save()
    dispute = {"orderId": gid(order), "disputeType": "NO_SHOW", "description": "Nobody came."}
    graphql.mutate("openDispute", dispute, by=cast.ben)

    own, others = (
        graphql(OPENED_BY, {"id": gid(Order.objects.get())}, by=by).data["order"]["disputes"]
        for by in (cast.ben, cast.ada)
    )

    assert own["edges"][0]["node"]["openedBy"] == {
        "name": "Ben Botha",
        "email": "ben@example.org",
        "profile": {"phoneNumber": "+27211234567", "address": "12 Lower Main Road"},
    }
    assert others["edges"][0]["node"]["openedBy"] == {
        "name": "Ben Botha",
        "email": None,
        "profile": {"phoneNumber": None, "address": None},
    }
