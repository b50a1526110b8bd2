"""The finished work that reviews are about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.leads.models import LeadAssignment
from apps.orders.models import Order, OrderAssignment
from apps.providers.models import ServiceProviderProfile
from apps.reviews.models import Review, Side
from kernel.errors import NotFound
from kernel.lookup import one_of

Assignment = OrderAssignment | LeadAssignment


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work, its two sides, and when it was finished, if it was."""

    assignment: Assignment
    provider: ServiceProviderProfile
    client_id: UUID
    finished_at: datetime | None

    @property
    def reference(self) -> dict[str, Assignment]:
        """The column of a review that names it."""
        of_order = isinstance(self.assignment, OrderAssignment)
        return {"order_assignment" if of_order else "lead_assignment": self.assignment}

    def side_of(self, user_id: UUID) -> Side:
        """On which side somebody stands who was there."""
        return Side.CLIENT if user_id == self.client_id else Side.PROVIDER


def locked_work(assignment: Assignment) -> Work:
    """A piece of work as it stands now, locked, so that its two sides write one after the other:
    lock it before its reviews. A lead and the order that it was turned into are one piece. Raises
    NotFound where it was deleted in the meantime, and where its client is a visitor without an
    account.
    """
    assignment = _as_one(assignment)
    if isinstance(assignment, OrderAssignment):
        return _order_work(_locked(assignment, "order__client_profile__user_profile"))
    return _lead_work(_locked(assignment, "lead"))


def _as_one(assignment: Assignment) -> Assignment:
    """The assignment by which work is reviewed that began as a lead and went on as an order of the
    same provider: the order's, unless somebody wrote about the lead before there was one.
    """
    if isinstance(assignment, OrderAssignment):
        won = LeadAssignment.objects.filter(
            lead__order=assignment.order_id,
            provider=assignment.provider_id,
            status=LeadAssignment.Status.WON,
        )
        of_lead = won.first()
        return of_lead if of_lead is not None and _is_written_about(of_lead) else assignment
    if _is_written_about(assignment):
        return assignment
    placed = OrderAssignment.objects.filter(
        order__lead=assignment.lead_id, provider=assignment.provider_id
    )
    return placed.first() or assignment


def _is_written_about(assignment: LeadAssignment) -> bool:
    # Also by what was deleted: what was read once cannot be written anew.
    reviews = Review.objects.all_with_deleted().filter(lead_assignment=assignment)
    return bool(reviews.exists())


def _locked(assignment: Assignment, *related: str) -> Any:
    rows: Any = type(assignment).objects
    rows = rows.select_for_update(no_key=True, of=("self",))
    return one_of(rows.select_related("provider", *related), pk=assignment.pk)


def _order_work(found: OrderAssignment) -> Work:
    order = found.order
    is_done = order.status == Order.Status.CONFIRMED
    client_id = order.client_profile.user_profile.user_id
    return Work(found, found.provider, client_id, order.confirmed_at if is_done else None)


def _lead_work(found: LeadAssignment) -> Work:
    if found.lead.client_id is None:
        raise NotFound
    is_done = found.status == LeadAssignment.Status.WON
    return Work(found, found.provider, found.lead.client_id, found.won_at if is_done else None)
