"""Staff take a dispute, and note on it what they alone read."""

import pytest
from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.orders.events import DisputeTaken
from apps.orders.models import OrderDispute
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.orders import DisputeFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

TAKEN = "... on OrderDispute { status adminNotes }"
NOTES = "query($id: ID!) { node(id: $id) { ... on OrderDispute { adminNotes viewerCan } } }"


def _dispute(cast: Cast, **values: object) -> OrderDispute:
    """A dispute of Ben's over what Ada does."""
    dispute: OrderDispute = DisputeFactory(order=cast.ada_work(disputed=True), **values)
    return dispute


def _staff(*permissions: str) -> User:
    """One of the staff with some permissions about disputes."""
    user: User = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def test_staff_take_it_and_note_something(graphql: GraphQL, cast: Cast):
    dispute, noise = _dispute(cast), _dispute(cast)
    given = {"disputeId": gid(dispute), "notes": "Called both."}

    with announced() as heard:
        answer = graphql.mutate("reviewDispute", given, TAKEN, by=cast.dora)

    assert answer.data["reviewDispute"] == {
        "__typename": "OrderDispute",
        "status": "IN_REVIEW",
        "adminNotes": "Called both.",
    }
    assert heard == [DisputeTaken(order_id=dispute.order_id, dispute_id=dispute.pk)]
    assert OrderDispute.objects.get(pk=noise.pk).status == "OPEN"


def test_taking_it_again_changes_the_notes_alone(graphql: GraphQL, cast: Cast):
    dispute = _dispute(cast, status="IN_REVIEW", admin_notes="Called both.")

    with announced() as heard:
        graphql.mutate("reviewDispute", {"disputeId": gid(dispute)}, by=cast.dora)
        kept = OrderDispute.objects.get().admin_notes
        given = {"disputeId": gid(dispute), "notes": "Ada wrote."}
        graphql.mutate("reviewDispute", given, by=cast.dora)

    assert (kept, OrderDispute.objects.get().admin_notes) == ("Called both.", "Ada wrote.")
    assert heard == []


@pytest.mark.parametrize(("who", "notes"), [("dora", "Ben shouts."), ("ben", None), ("ada", None)])
def test_the_parties_do_not_read_the_notes(
    graphql: GraphQL, cast: Cast, who: str, notes: str | None
):
    dispute = _dispute(cast, admin_notes="Ben shouts.")

    answer = graphql(NOTES, {"id": gid(dispute)}, by=getattr(cast, who))

    assert answer.data["node"]["adminNotes"] == notes


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("dora", {"reviewDispute", "resolveDispute"}),
        ("ben", {"addDisputeEvidence"}),
        ("ada", {"addDisputeEvidence"}),
    ],
)
def test_each_is_told_what_they_may_do(graphql: GraphQL, cast: Cast, who: str, may: set[str]):
    dispute = _dispute(cast)

    answer = graphql(NOTES, {"id": gid(dispute)}, by=getattr(cast, who))

    assert set(answer.data["node"]["viewerCan"]) == may


@pytest.mark.parametrize("whose", ["client", "provider", "opener"])
def test_nobody_takes_their_own(graphql: GraphQL, cast: Cast, whose: str):
    dispute = _dispute(cast)
    by = cast.ada if whose == "provider" else cast.ben
    if whose == "opener":
        by = cast.dora
        OrderDispute.objects.update(opened_by=by)
    User.objects.filter(pk=by.pk).update(is_staff=True, is_superuser=True)
    by.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("reviewDispute", {"disputeId": gid(dispute)}, by=by)

    assert answer.code == "own_dispute"


@pytest.mark.parametrize(
    ("permissions", "code"),
    [
        ((), "not_allowed"),
        (("view_orderdispute",), "not_allowed"),
        (("change_orderdispute",), "not_found"),
        (("view_orderdispute", "change_orderdispute"), None),
    ],
)
def test_the_permission_counts(
    graphql: GraphQL, cast: Cast, permissions: tuple[str, ...], code: str | None
):
    dispute, by = _dispute(cast), _staff(*permissions)

    answer = graphql.mutate("reviewDispute", {"disputeId": gid(dispute)}, by=by)

    refused = answer.data["reviewDispute"].get("messages")
    assert (refused[0]["code"] if refused else None) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_allowed") for who in ("ada", "ben", "cleo", "eve")],
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    dispute, by = _dispute(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("reviewDispute", {"disputeId": gid(dispute)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", ["RESOLVED", "DISMISSED"])
def test_a_decided_one_is_closed(graphql: GraphQL, cast: Cast, status: str):
    dispute, by = _dispute(cast, status=status), cast.dora

    with nothing_changes():
        answer = graphql.mutate("reviewDispute", {"disputeId": gid(dispute)}, by=by)

    assert answer.code == "dispute_closed"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    dispute, by = _dispute(cast), cast.dora

    with nothing_changes():
        answer = graphql.mutate("reviewDispute", {"disputeId": gid(dispute.order)}, by=by)

    assert answer.code == "invalid_id"
