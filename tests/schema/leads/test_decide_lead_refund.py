"""Deciding about what providers ask back."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.credits.models import CreditTransaction, CreditWallet
from apps.leads.events import LeadRefundApproved, LeadRefundRejected
from apps.leads.models import LeadAssignment
from apps.leads.services.outcomes import win_lead
from apps.leads.services.refunds import request_refund
from kernel.invariants import invariants
from tests.factories.cast import Cast
from tests.factories.core import staff_with
from tests.factories.leads import bought_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = """... on LeadAssignment {
  status refundStatus refundNote refundDecidedAt refundedAt version viewerCan
}"""
BOTH = pytest.mark.parametrize("verdict", ["approve", "reject"])


def _asked(provider: Any, **fields: Any) -> LeadAssignment:
    """A lead that a provider bought for four credits and asks back."""
    held = bought_lead(provider, **fields)
    return request_refund(assignment=held, reason=RefundReasonFactory(), evidence="Nobody answers.")


def _decide(
    graphql: GraphQL, verdict: str, held: LeadAssignment, *, by: Any = None, **more: Any
) -> Answer:
    given = {"assignmentId": gid(held), **more}
    return graphql.mutate(f"{verdict}LeadRefund", given, HELD, by=by)


def _about(held: LeadAssignment) -> dict[str, Any]:
    return {
        "lead_id": held.lead_id,
        "client_user_id": held.lead.client_id,
        "assignment_id": held.pk,
        "provider_id": held.provider_id,
        "provider_user_id": held.provider.user_profile.user_id,
    }


def _decider() -> User:
    """One of the staff who decides, and does nothing else."""
    return staff_with("view_leadassignment", "change_leadassignment")


def test_staff_give_back_what_a_lead_cost(graphql: GraphQL, cast: Cast):
    held, decider = _asked(cast.ada_business, client=cast.ben), _decider()

    with announced() as heard:
        shown = _decide(graphql, "approve", held, by=decider, note="We tried too.", version=2)

    decided = shown.data["approveLeadRefund"]
    held.refresh_from_db()
    held.provider.refresh_from_db()
    row = CreditTransaction.objects.order_by("-number").first()
    assert (decided["status"], decided["refundStatus"]) == ("REFUNDED", "APPROVED")
    assert (decided["refundNote"], decided["version"]) == ("We tried too.", 3)
    assert decided["refundDecidedAt"] == decided["refundedAt"]
    assert (row.transaction_type, row.amount, row.balance_after) == ("REFUND", 4, 4)
    assert (held.refund_decided_by, held.provider.leads_received) == (decider, 0)
    assert [type(fact).__name__ for fact in heard] == ["CreditsMoved", "LeadRefundApproved"]
    assert heard[1] == LeadRefundApproved(**_about(held), credits=4, is_automatic=False)


def test_staff_refuse_it(graphql: GraphQL, cast: Cast):
    held, decider = _asked(cast.ada_business, client=cast.ben), _decider()

    with announced() as heard:
        shown = _decide(graphql, "reject", held, by=decider, note="He answered us.", version=2)

    decided = shown.data["rejectLeadRefund"]
    held.refresh_from_db()
    assert (decided["status"], decided["refundStatus"]) == ("ASSIGNED", "REJECTED")
    assert (decided["refundNote"], decided["refundedAt"]) == ("He answered us.", None)
    assert (bool(decided["refundDecidedAt"]), held.refund_decided_by) == (True, decider)
    assert heard == [LeadRefundRejected(**_about(held))]
    assert CreditWallet.objects.get().balance == 0


@BOTH
def test_what_is_decided_stays_so(graphql: GraphQL, cast: Cast, verdict: str):
    held, dora = _asked(cast.ada_business), cast.dora
    _decide(graphql, verdict, held, by=dora)

    with nothing_changes():
        answers = [_decide(graphql, each, held, by=dora) for each in ("approve", "reject")]

    assert [answer.code for answer in answers] == ["refund_decided"] * 2


@BOTH
def test_what_nobody_asked_back_is_not_decided(graphql: GraphQL, cast: Cast, verdict: str):
    held, dora = bought_lead(cast.ada_business), cast.dora

    with nothing_changes():
        answer = _decide(graphql, verdict, held, by=dora)

    assert answer.code == "refund_decided"


@BOTH
def test_nobody_decides_their_own(graphql: GraphQL, cast: Cast, verdict: str):
    dora = cast.dora
    held = _asked(ProviderFactory(user=dora))

    with nothing_changes():
        answer = _decide(graphql, verdict, held, by=dora)
    own = graphql("{ leadAssignments { edges { node { viewerCan } } } }", by=dora)

    assert answer.code == "own_refund"
    (edge,) = own.data["leadAssignments"]["edges"]
    assert f"{verdict}LeadRefund" not in edge["node"]["viewerCan"]


def test_what_was_won_meanwhile_is_not_given_back_but_may_be_refused(graphql: GraphQL, cast: Cast):
    held, dora = _asked(cast.ada_business, client=cast.ben), cast.dora
    win_lead(assignment=held)

    with nothing_changes():
        answer = _decide(graphql, "approve", held, by=dora)
    refused = _decide(graphql, "reject", held, by=dora).data["rejectLeadRefund"]

    assert answer.code == "not_refundable"
    assert (refused["status"], refused["refundStatus"]) == ("WON", "REJECTED")
    assert [found.rule for found in invariants() if found.breaches()] == []


@BOTH
def test_an_old_version_and_too_long_a_note_are_refused(graphql: GraphQL, cast: Cast, verdict: str):
    held, dora = _asked(cast.ada_business), cast.dora

    with nothing_changes():
        old = _decide(graphql, verdict, held, by=dora, version=1)
        long = _decide(graphql, verdict, held, by=dora, note="x" * 5_001)

    assert [old.code, long.code] == ["version_conflict", "max_length"]


@BOTH
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("ben", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_is_not_of_the_staff_that_decides_is_refused(
    graphql: GraphQL, cast: Cast, verdict: str, who: str, code: str
):
    held, user = _asked(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _decide(graphql, verdict, held, by=user)

    assert answer.code == code


@BOTH
def test_who_only_looks_does_not_decide(graphql: GraphQL, cast: Cast, verdict: str):
    held, viewer = _asked(cast.ada_business), staff_with("view_leadassignment")

    with nothing_changes():
        answer = _decide(graphql, verdict, held, by=viewer)

    assert answer.code == "not_allowed"
