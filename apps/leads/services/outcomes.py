"""What comes of leads in the hands of providers: seen, answered, priced, won or lost."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.leads import errors
from apps.leads.events import (
    LeadAssignmentEvent,
    LeadContacted,
    LeadLost,
    LeadQuoted,
    LeadViewed,
    LeadWon,
)
from apps.leads.models import RUNNING, Lead, LeadAssignment, LeadMatch
from apps.leads.services.handing import end_offers
from apps.leads.services.transitions import locked, move
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.figures import count_lead_won, count_response
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money

Status = LeadAssignment.Status


@transaction.atomic
def view_assignment(*, assignment: LeadAssignment) -> LeadAssignment:
    """Note that a provider looked at a lead; the first time counts, and a later one is none."""
    assignment = locked_assignment(assignment)
    if assignment.viewed_at is None:
        _step(assignment, Status.VIEWED, "viewed_at")
        _announce(LeadViewed, assignment)
    return assignment


@transaction.atomic
def contact_lead(*, assignment: LeadAssignment, version: int | None = None) -> LeadAssignment:
    """Note that a provider got in touch with a client; the first time counts.

    Raises VersionConflict, or NotRunning.
    """
    assignment = _running(assignment, version)
    if assignment.contacted_at is None:
        _count_response(assignment)
        _step(assignment, Status.CONTACTED, "contacted_at")
        _announce(LeadContacted, assignment)
    return assignment


@transaction.atomic
def quote_lead(
    *, assignment: LeadAssignment, amount: Money, version: int | None = None
) -> LeadAssignment:
    """Name a price for the job, or another one than before.

    Raises VersionConflict, NotRunning, CurrencyMismatch, or ValidationError for what is no price.
    """
    assignment = _running(assignment, version)
    if amount.currency != assignment.currency:
        raise CurrencyMismatch
    _count_response(assignment)
    assignment.quote_amount = amount
    _step(assignment, Status.QUOTED, "quoted_at", quote_amount=amount)
    _announce(LeadQuoted, assignment)
    return assignment


@transaction.atomic
def win_lead(*, assignment: LeadAssignment, version: int | None = None) -> LeadAssignment:
    """Note that a provider got the job, as its client or it says; the others did not.

    Of several who say so at once, the first one did. Raises VersionConflict, NotRunning,
    IllegalTransition for a lead that is over, or ValidationError with code already_won.
    """
    assignment = _running(assignment, version)
    lead = assignment.lead
    move(lead, to=Lead.Status.WON)
    _count_response(assignment)
    _step(assignment, Status.WON, "won_at")
    count_lead_won(provider_id=assignment.provider_id)
    others = LeadAssignment.objects.filter(lead=lead, status__in=RUNNING)
    for other in others.order_by("pk").select_for_update(of=("self",)):
        _lose(other)
    end_offers(lead_id=lead.pk, reason=LeadMatch.Reason.TAKEN)
    _announce(LeadWon, assignment)
    return assignment


@transaction.atomic
def lose_lead(*, assignment: LeadAssignment, version: int | None = None) -> LeadAssignment:
    """Note that a provider did not get the job. Raises VersionConflict, or NotRunning."""
    assignment = _running(assignment, version)
    _lose(assignment)
    return assignment


@transaction.atomic
def note_for_oneself(
    *, assignment: LeadAssignment, notes: str, version: int | None = None
) -> LeadAssignment:
    """Keep what a provider notes about a lead.

    Raises VersionConflict, or ValidationError for more than 5,000 characters.
    """
    assignment = locked_assignment(assignment, version)
    assignment.provider_notes = notes
    save_checked(assignment, update_fields=["provider_notes"])
    return assignment


def locked_assignment(assignment: LeadAssignment, version: int | None = None) -> LeadAssignment:
    """An assignment as it stands now, locked with its lead, which goes first.

    Raises NotFound, or VersionConflict.
    """
    lead = locked(Lead(pk=assignment.lead_id))
    rows = LeadAssignment.objects.select_for_update(of=("self",))
    found: LeadAssignment = one_of(rows, pk=assignment.pk)
    require_version(found, version)
    found.lead = lead
    return found


def provider_user_id(assignment: LeadAssignment) -> UUID:
    """Who runs the business that has a lead."""
    rows = ServiceProviderProfile.objects.all_with_deleted().filter(pk=assignment.provider_id)
    found: UUID = rows.values_list("user_profile__user", flat=True).get()
    return found


def about(assignment: LeadAssignment) -> dict[str, Any]:
    """What facts about an assignment say."""
    return {
        "lead_id": assignment.lead_id,
        "client_user_id": assignment.lead.client_id,
        "assignment_id": assignment.pk,
        "provider_id": assignment.provider_id,
        "provider_user_id": provider_user_id(assignment),
    }


def _running(assignment: LeadAssignment, version: int | None) -> LeadAssignment:
    assignment = locked_assignment(assignment, version)
    if not assignment.is_running:
        raise errors.NotRunning
    return assignment


def _lose(assignment: LeadAssignment) -> None:
    _step(assignment, Status.LOST, "lost_at")
    _announce(LeadLost, assignment)


def _step(
    assignment: LeadAssignment, to: LeadAssignment.Status, dated: str, **changes: Any
) -> None:
    """Date what happened; the status follows where it is further along."""
    setattr(assignment, dated, clock.now())
    if ORDER.index(to) > ORDER.index(Status(assignment.status)):
        assignment.status = to
        changes["status"] = to
    save_checked(assignment, update_fields=[dated, *changes])


def _count_response(assignment: LeadAssignment) -> None:
    """Count how long a provider took to get in touch, the first time."""
    if not assignment.is_answered:
        waited = max((clock.now() - assignment.assigned_at).total_seconds(), 0)
        count_response(provider_id=assignment.provider_id, seconds=int(waited))


def _announce(kind: type[LeadAssignmentEvent], assignment: LeadAssignment) -> None:
    events.publish(kind(**about(assignment)))


#: How far along each status is.
ORDER = list(LeadAssignment.Status)
