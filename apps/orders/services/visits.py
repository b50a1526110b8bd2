"""When providers come: one side proposes a time, the other confirms it; never two jobs at once."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.orders import errors
from apps.orders.events import VisitCancelled, VisitConfirmed, VisitProposed
from apps.orders.models import Bid, Order, OrderAssignment, OrderVisit, Party
from apps.orders.services.transitions import illegal, locked
from apps.providers.models import ProviderTimeOff, ServiceProviderProfile
from kernel import clock, events

LONGEST = timedelta(hours=24)
FURTHEST = timedelta(days=180)

#: While the order stands so, its parties agree on visits.
VISITED = (Order.Status.ASSIGNED, Order.Status.IN_PROGRESS)

#: The visits that may still take place.
STANDING = (OrderVisit.Status.PROPOSED, OrderVisit.Status.CONFIRMED)


@transaction.atomic
def first_visit(*, order: Order, bid: Bid) -> OrderVisit | None:
    """Have the provider whose bid won come on the day and at the hour that the order names, for as
    long as the bid says, else as the order does, but not longer than a visit takes; None where it
    names none, or one that is over. Lock the order before.

    Raises ProviderBusy or ProviderAway.
    """
    if order.service_date is None or order.service_time is None:
        return None
    provider = _locked_provider(bid.provider_id)
    zone = order.area.time_zone if order.area else provider.time_zone
    begins = datetime.combine(order.service_date, order.service_time, tzinfo=ZoneInfo(zone))
    if begins <= clock.now():
        return None
    minutes = max(bid.estimated_duration or order.estimated_duration, 1)
    visit = OrderVisit(order=order, provider=provider, proposed_by=Party.CLIENT)
    # By way of UTC: a day on which clocks change is no longer or shorter for those who work.
    visit.starts_at = begins.astimezone(ZoneInfo("UTC"))
    visit.ends_at = visit.starts_at + min(timedelta(minutes=minutes), LONGEST)
    return _confirmed(visit)


@transaction.atomic
def propose_visit(*, order: Order, by: Party, starts_at: datetime, ends_at: datetime) -> OrderVisit:
    """Propose a time at which the assigned provider comes, for the other side to confirm.

    Raises IllegalTransition unless the order is assigned or in progress, or InvalidVisit.
    """
    order = locked(order)
    _require_visited(order)
    _require_sensible(starts_at, ends_at)
    provider_id = OrderAssignment.objects.values_list("provider", flat=True).get(order=order)
    visit = OrderVisit(order=order, provider_id=provider_id, proposed_by=by)
    visit.starts_at, visit.ends_at = starts_at, ends_at
    visit.save()
    events.publish(VisitProposed(order_id=order.pk, visit_id=visit.pk, provider_id=provider_id))
    return visit


@transaction.atomic
def confirm_visit(*, visit: OrderVisit, by: Party) -> OrderVisit:
    """Agree to a time that the other side proposed: the provider is taken then.

    Raises IllegalTransition, VisitNotOpen, NotYourTurn for one's own proposal, InvalidVisit once it
    began, ProviderBusy or ProviderAway.
    """
    visit = _locked(visit)
    _require_visited(visit.order)
    if visit.status != OrderVisit.Status.PROPOSED:
        raise errors.VisitNotOpen
    if visit.proposed_by == by:
        raise errors.NotYourTurn
    _require_sensible(visit.starts_at, visit.ends_at)
    _locked_provider(visit.provider_id)
    return _confirmed(visit)


@transaction.atomic
def cancel_visit(*, visit: OrderVisit) -> OrderVisit:
    """Call off a visit that has not ended. Raises VisitNotOpen."""
    visit = _locked(visit)
    if visit.status not in STANDING or visit.ends_at <= clock.now():
        raise errors.VisitNotOpen
    _cancelled(visit)
    return visit


def end_visits(order: Order) -> None:
    """Call off what is to come of a locked order's visits; one that is under way ends now."""
    now = clock.now()
    rows = OrderVisit.objects.select_for_update(of=("self",)).order_by("pk")
    for visit in rows.filter(order=order, status__in=STANDING, ends_at__gt=now):
        if visit.status == OrderVisit.Status.CONFIRMED and visit.starts_at < now:
            visit.ends_at = now
            visit.save(update_fields=["ends_at"])
        else:
            _cancelled(visit)


def _locked(visit: OrderVisit) -> OrderVisit:
    """The visit as it stands now, its order locked before it."""
    order = locked(visit.order)
    visit = OrderVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    visit.order = order
    return visit


def _locked_provider(provider_id: UUID) -> ServiceProviderProfile:
    # Jobs of one provider are agreed on one after the other; who only refers to it need not wait.
    rows = ServiceProviderProfile.objects.all_with_deleted()
    found: ServiceProviderProfile = rows.select_for_update(no_key=True, of=("self",)).get(
        pk=provider_id
    )
    return found


def _require_visited(order: Order) -> None:
    if order.status not in VISITED:
        raise illegal(order)


def _require_sensible(starts_at: datetime, ends_at: datetime) -> None:
    now = clock.now()
    # The start before the length: what ends past the calendar's end has no length to be compared.
    if not now < starts_at <= now + FURTHEST or not starts_at < ends_at <= starts_at + LONGEST:
        raise errors.InvalidVisit


def _confirmed(visit: OrderVisit) -> OrderVisit:
    """Confirm a visit where its provider, whose row is locked, is free."""
    during = {"starts_at__lt": visit.ends_at, "ends_at__gt": visit.starts_at}
    if ProviderTimeOff.objects.filter(provider=visit.provider_id, **during).exists():
        raise errors.ProviderAway
    taken = OrderVisit.objects.filter(provider=visit.provider_id, **during)
    if taken.filter(status=OrderVisit.Status.CONFIRMED).exists():
        raise errors.ProviderBusy
    visit.status = OrderVisit.Status.CONFIRMED
    visit.save()
    events.publish(
        VisitConfirmed(order_id=visit.order_id, visit_id=visit.pk, provider_id=visit.provider_id)
    )
    return visit


def _cancelled(visit: OrderVisit) -> None:
    visit.status = OrderVisit.Status.CANCELLED
    visit.save(update_fields=["status"])
    events.publish(
        VisitCancelled(order_id=visit.order_id, visit_id=visit.pk, provider_id=visit.provider_id)
    )
