"""Giving back what leads cost: where a rule is met at once, else as staff decide; never twice."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.models import OutboundMessage
from apps.credits.services.ledger import give_back
from apps.leads import errors
from apps.leads.configuration import REFUND_DAYS
from apps.leads.events import LeadRefundApproved, LeadRefundRejected, LeadRefundRequested
from apps.leads.models import (
    RUNNING,
    Lead,
    LeadAssignment,
    LeadRefundReason,
    LeadVerificationCode,
)
from apps.leads.services.outcomes import about, locked_assignment
from apps.providers.services.figures import count_lead
from kernel import clock, events
from kernel.constraints import save_checked

RefundStatus = LeadAssignment.RefundStatus
Rule = LeadRefundReason.Rule

#: From these it is asked back: who won has what was paid for.
REFUNDABLE = (*RUNNING, LeadAssignment.Status.LOST)


@transaction.atomic
def request_refund(
    *,
    assignment: LeadAssignment,
    reason: LeadRefundReason,
    evidence: str = "",
    version: int | None = None,
) -> LeadAssignment:
    """Ask back what a lead cost, for a reason; ``evidence`` says what happened. Where the reason's
    rule is met it is granted at once, else staff decide.

    Raises VersionConflict, NotRefundable, RefundWindowOver, EvidenceNeeded, or ValidationError for
    more than 5,000 characters.
    """
    assignment = locked_assignment(assignment, version)
    if assignment.refund_status != RefundStatus.NONE or assignment.status not in REFUNDABLE:
        raise errors.NotRefundable
    days = REFUND_DAYS.value()
    if clock.now() - assignment.assigned_at > timedelta(days=days):
        raise errors.RefundWindowOver(params={"days": days})
    if reason.needs_evidence and not evidence.strip():
        raise errors.EvidenceNeeded
    _note(
        assignment,
        refund_status=RefundStatus.REQUESTED,
        refund_kind=reason,
        refund_reason=evidence,
        refund_requested_at=clock.now(),
    )
    events.publish(LeadRefundRequested(**about(assignment)))
    if is_met(reason, assignment):
        _approve(assignment, by=None)
    return assignment


@transaction.atomic
def approve_refund(
    *, assignment: LeadAssignment, by: User, note: str = "", version: int | None = None
) -> LeadAssignment:
    """Give a provider back what it asks for.

    Raises VersionConflict, RefundDecided, OwnRefund, or NotRefundable where it won meanwhile.
    """
    assignment = _undecided(assignment, by, version)
    if assignment.status not in REFUNDABLE:
        raise errors.NotRefundable
    _approve(assignment, by=by, note=note)
    return assignment


@transaction.atomic
def reject_refund(
    *, assignment: LeadAssignment, by: User, note: str = "", version: int | None = None
) -> LeadAssignment:
    """Refuse a provider what it asks for. Raises VersionConflict, RefundDecided or OwnRefund."""
    assignment = _undecided(assignment, by, version)
    _note(
        assignment,
        refund_status=RefundStatus.REJECTED,
        refund_decided_at=clock.now(),
        refund_decided_by=by,
        refund_note=note,
    )
    events.publish(LeadRefundRejected(**about(assignment)))
    return assignment


@transaction.atomic
def refund_rejected_lead(*, lead_id: Any) -> None:
    """Give everybody back what a lead cost that staff turned down, but who has it back."""
    held = LeadAssignment.objects.filter(lead=lead_id, status__in=REFUNDABLE)
    for found in held.order_by("pk"):
        assignment = locked_assignment(found)
        if assignment.status in REFUNDABLE:
            _approve(assignment, by=None, note="The lead was turned down.")


def is_met(reason: LeadRefundReason, assignment: LeadAssignment) -> bool:
    """Whether the rule of a reason grants a refund: the provider could not reach the number, for no
    text message could be delivered there; it had paid for the same before; or the client called it
    off before the provider got in touch.
    """
    lead = assignment.lead
    if reason.rule == Rule.UNDELIVERED:
        codes = LeadVerificationCode.objects.filter(lead=lead, message__isnull=False)
        newest = codes.order_by("-created_at", "-pk").values_list("message__state", flat=True)
        return newest.first() == OutboundMessage.State.FAILED
    if reason.rule == Rule.DUPLICATE:
        first = lead.duplicate_of_id
        paid = LeadAssignment.objects.paid().filter(provider=assignment.provider_id, lead=first)
        return first is not None and paid.exists()
    if reason.rule == Rule.CANCELLED:
        return lead.status == Lead.Status.CANCELLED and not assignment.is_answered
    return False


def _undecided(assignment: LeadAssignment, by: User, version: int | None) -> LeadAssignment:
    assignment = locked_assignment(assignment, version)
    if assignment.refund_status != RefundStatus.REQUESTED:
        raise errors.RefundDecided
    if about(assignment)["provider_user_id"] == by.pk:
        raise errors.OwnRefund
    return assignment


def _approve(assignment: LeadAssignment, *, by: User | None, note: str = "") -> None:
    now = clock.now()
    _note(
        assignment,
        status=LeadAssignment.Status.REFUNDED,
        refund_status=RefundStatus.APPROVED,
        refund_decided_at=now,
        refund_decided_by=by,
        refund_note=note,
        refunded_at=now,
    )
    title = f"Refund: {assignment.lead.title}"
    row = give_back(lead_assignment_id=assignment.pk, description=title[:300])
    count_lead(provider_id=assignment.provider_id, removed=True)
    events.publish(
        LeadRefundApproved(**about(assignment), credits=row.amount, is_automatic=by is None)
    )


def _note(assignment: LeadAssignment, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(assignment, name, value)
    save_checked(assignment, update_fields=list(changes))
