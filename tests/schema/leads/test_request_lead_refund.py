"""Asking back what a lead cost."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.models import OutboundMessage
from apps.core.services.outbox import send_sms
from apps.credits.models import CreditTransaction, CreditWallet
from apps.leads.events import LeadRefundApproved, LeadRefundRequested
from apps.leads.models import Lead, LeadAssignment, LeadRefundReason, LeadVerificationCode
from apps.leads.services.leads import cancel_lead
from apps.leads.services.outcomes import contact_lead, lose_lead, quote_lead, view_assignment
from kernel import clock
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory
from tests.factories.leads import bought_lead
from tests.factories.refunds import RefundReasonFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = """... on LeadAssignment {
  status refundStatus refundCode refundReason refundNote refundRequestedAt refundDecidedAt
  refundedAt version
}"""


def _held(cast: Cast, **fields: Any) -> LeadAssignment:
    """A lead of Ben's that Ada has, bought for four credits."""
    return bought_lead(cast.ada_business, client=cast.ben, **fields)


def _ask(
    graphql: GraphQL, held: LeadAssignment, reason: Any, *, by: Any = None, **more: Any
) -> Answer:
    given = {"assignmentId": gid(held), "reasonId": gid(reason), **more}
    return graphql.mutate("requestLeadRefund", given, HELD, by=by)


def _about(held: LeadAssignment) -> dict[str, Any]:
    return {
        "lead_id": held.lead_id,
        "client_user_id": held.lead.client_id,
        "assignment_id": held.pk,
        "provider_id": held.provider_id,
        "provider_user_id": held.provider.user_profile.user_id,
    }


def _texted(lead: Lead, *states: str) -> None:
    """Codes that were texted for a lead, and what became of them, the oldest first."""
    for state in states:
        message = send_sms(
            template="lead_code",
            to=lead.contact_phone,
            language="en",
            context={"code": "123456", "minutes": "10 minutes"},
        )
        OutboundMessage.objects.filter(pk=message.pk).update(state=state)
        LeadVerificationCode.objects.create(
            lead=lead, phone_number=lead.contact_phone, expires_at=clock.now(), message=message
        )


def test_staff_are_asked_where_no_rule_grants_it(graphql: GraphQL, cast: Cast):
    held, reason = _held(cast), RefundReasonFactory(needs_evidence=True)

    with announced() as heard:
        shown = _ask(
            graphql, held, reason, by=cast.ada, evidence="Nobody picks up.", version=1
        ).data["requestLeadRefund"]

    assert shown.pop("refundRequestedAt")
    assert shown == {
        "__typename": "LeadAssignment",
        "status": "ASSIGNED",
        "refundStatus": "REQUESTED",
        "refundCode": "unreachable",
        "refundReason": "Nobody picks up.",
        "refundNote": "",
        "refundDecidedAt": None,
        "refundedAt": None,
        "version": 2,
    }
    assert heard == [LeadRefundRequested(**_about(held))]
    assert CreditWallet.objects.get().balance == 0


def test_where_the_rule_is_met_it_is_granted_at_once(graphql: GraphQL, cast: Cast):
    held, reason = _held(cast), RefundReasonFactory(code="cancelled", rule="CANCELLED")
    cancel_lead(lead=held.lead)

    with announced() as heard:
        shown = _ask(graphql, held, reason, by=cast.ada).data["requestLeadRefund"]

    held.refresh_from_db()
    held.provider.refresh_from_db()
    row = CreditTransaction.objects.order_by("-number").first()
    assert (shown["status"], shown["refundStatus"]) == ("REFUNDED", "APPROVED")
    assert shown["refundedAt"] == shown["refundDecidedAt"]
    assert (row.transaction_type, row.amount, row.balance_after) == ("REFUND", 4, 4)
    assert (row.lead_assignment, row.description) == (held, "Refund: A new roof")
    assert (held.refund_decided_by, held.provider.leads_received) == (None, 0)
    assert [type(fact).__name__ for fact in heard] == [
        *("LeadRefundRequested", "CreditsMoved", "LeadRefundApproved"),
    ]
    assert heard[2] == LeadRefundApproved(**_about(held), credits=4, is_automatic=True)


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["FAILED"], "APPROVED"),
        (["DELIVERED", "FAILED"], "APPROVED"),
        (["FAILED", "DELIVERED"], "REQUESTED"),
        (["FAILED", "WAITING"], "REQUESTED"),
        (["SENT"], "REQUESTED"),
        ([], "REQUESTED"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_a_number_that_the_newest_text_did_not_reach_is_wrong(
    graphql: GraphQL, cast: Cast, states: list[str], status: str
):
    held, reason = _held(cast), RefundReasonFactory(code="wrong_number", rule="UNDELIVERED")
    _texted(held.lead, *states)
    _texted(_held(cast).lead, "FAILED")

    shown = _ask(graphql, held, reason, by=cast.ada).data["requestLeadRefund"]

    assert shown["refundStatus"] == status


@pytest.mark.parametrize(
    ("first", "status"),
    [("ours", "APPROVED"), ("refunded", "REQUESTED"), ("others", "REQUESTED"), ("", "REQUESTED")],
)
def test_a_lead_that_was_paid_for_before_is_a_duplicate(
    graphql: GraphQL, cast: Cast, first: str, status: str
):
    reason = RefundReasonFactory(code="duplicate", rule="DUPLICATE")
    before = {
        "ours": lambda: _held(cast).lead,
        "refunded": lambda: _refunded(_held(cast)).lead,
        "others": lambda: bought_lead(cast.cleo.profile.provider_profile).lead,
        "": lambda: None,
    }[first]()
    held = _held(cast, duplicate_of=before)

    shown = _ask(graphql, held, reason, by=cast.ada).data["requestLeadRefund"]

    assert shown["refundStatus"] == status


def _refunded(held: LeadAssignment) -> LeadAssignment:
    LeadAssignment.objects.filter(pk=held.pk).update(status="REFUNDED")
    return held


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (lambda held: None, "APPROVED"),
        (lambda held: view_assignment(assignment=held), "APPROVED"),
        (lambda held: contact_lead(assignment=held), "REQUESTED"),
        (lambda held: quote_lead(assignment=held, amount=Money(5, "ZAR")), "REQUESTED"),
    ],
    ids=["nothing", "viewed", "contacted", "quoted"],
)
def test_what_was_called_off_is_granted_to_who_had_not_got_in_touch(
    graphql: GraphQL, cast: Cast, step: Any, status: str
):
    held, reason = _held(cast), RefundReasonFactory(code="cancelled", rule="CANCELLED")
    step(held)
    cancel_lead(lead=held.lead)

    shown = _ask(graphql, held, reason, by=cast.ada).data["requestLeadRefund"]

    assert shown["refundStatus"] == status


@pytest.mark.parametrize("status", ["ASSIGNED", "WON", "REJECTED", "EXPIRED"])
def test_what_was_not_called_off_is_for_staff_to_decide(graphql: GraphQL, cast: Cast, status: str):
    held, reason = _held(cast), RefundReasonFactory(code="cancelled", rule="CANCELLED")
    Lead.objects.update(status=status)

    shown = _ask(graphql, held, reason, by=cast.ada).data["requestLeadRefund"]

    assert shown["refundStatus"] == "REQUESTED"


def test_who_lost_the_job_may_ask_it_back(graphql: GraphQL, cast: Cast):
    held = lose_lead(assignment=_held(cast))

    shown = _ask(graphql, held, RefundReasonFactory(), by=cast.ada).data["requestLeadRefund"]

    assert (shown["status"], shown["refundStatus"]) == ("LOST", "REQUESTED")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "WON"},
        {"status": "REFUNDED"},
        {"refund_status": "REQUESTED"},
        {"refund_status": "REJECTED"},
        {"refund_status": "APPROVED", "status": "REFUNDED"},
    ],
    ids=str,
)
def test_what_was_won_or_asked_back_before_is_refused(
    graphql: GraphQL, cast: Cast, fields: dict[str, str]
):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory()
    LeadAssignment.objects.update(**fields)

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=ada)

    assert answer.code == "not_refundable"


@pytest.mark.parametrize("days", [7, 2])
def test_past_the_window_it_is_refused(graphql: GraphQL, cast: Cast, days: int):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory()
    SettingFactory(key="leads.refund_days", value=str(days), setting_type="INTEGER")
    late = clock.now() - timedelta(days=days, seconds=1)
    LeadAssignment.objects.update(assigned_at=late)

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=ada)
    LeadAssignment.objects.update(assigned_at=late + timedelta(minutes=5))
    in_time = _ask(graphql, held, reason, by=ada).data["requestLeadRefund"]

    assert answer.refusal["code"] == "refund_window_over"
    assert answer.refusal["message"] == f"The credits could be asked back for {days} days."
    assert in_time["refundStatus"] == "REQUESTED"


@pytest.mark.parametrize("evidence", ["", "  \n"])
def test_what_happened_has_to_be_said_where_the_reason_needs_it(
    graphql: GraphQL, cast: Cast, evidence: str
):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory(needs_evidence=True)

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=ada, evidence=evidence)

    assert (answer.refusal["code"], answer.refusal["field"]) == ("evidence_needed", "evidence")


def test_no_more_than_so_much_is_said(graphql: GraphQL, cast: Cast):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory()

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=ada, evidence="x" * 5_001)
    most = _ask(graphql, held, reason, by=ada, evidence="x" * 5_000).data["requestLeadRefund"]

    assert answer.code == "max_length"
    assert most["refundReason"] == "x" * 5_000


def test_a_reason_that_is_out_of_use_is_not_there(graphql: GraphQL, cast: Cast):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory(is_active=False)

    with nothing_changes():
        answers = [
            _ask(graphql, held, reason, by=ada),
            _ask(graphql, held, LeadRefundReason(), by=ada),
            _ask(graphql, held, held, by=ada),
        ]

    assert [answer.code for answer in answers] == ["not_found", "not_found", "invalid_id"]


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    held, ada, reason = _held(cast), cast.ada, RefundReasonFactory()

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=ada, version=2)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_asks_it_back(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user, reason = _held(cast), getattr(cast, who), RefundReasonFactory()

    with nothing_changes():
        answer = _ask(graphql, held, reason, by=user)

    assert answer.code == code


def test_the_client_reads_nothing_of_it(graphql: GraphQL, cast: Cast):
    held = _held(cast)
    _ask(graphql, held, RefundReasonFactory(), by=cast.ada, evidence="Ben never answers.")

    names = ("refundStatus", "refundCode", "refundReason", "refundNote")
    document = f"{{ leadAssignments {{ edges {{ node {{ {' '.join(names)} }} }} }} }}"
    listed = graphql(document, by=cast.ben).data["leadAssignments"]["edges"]

    assert listed == [{"node": dict.fromkeys(names)}]
