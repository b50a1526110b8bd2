"""Handing leads to providers: to the best who take them without being asked, then to those who
claim one of the seats that are left. Each pays in the transaction in which it gets the lead.
"""

from collections.abc import Collection
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from apps.credits.errors import InsufficientCredits
from apps.credits.models import CreditWallet
from apps.credits.services.ledger import spend
from apps.leads import errors
from apps.leads.events import (
    LeadAssigned,
    LeadCalledOff,
    LeadOffered,
    LeadOfferEnded,
    LeadSeatsLeft,
    LeadTaken,
)
from apps.leads.models import RUNNING, Lead, LeadAssignment, LeadMatch, LeadPreference
from apps.leads.services.transitions import locked, move
from apps.providers.errors import ProviderNotVerified
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.figures import count_lead
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.lookup import one_of

State, Reason = LeadMatch.State, LeadMatch.Reason


@transaction.atomic
def claim_lead(
    *, lead: Lead, provider: ServiceProviderProfile, price: int | None = None
) -> LeadAssignment:
    """Give a provider one of the seats of a lead that it was offered, for the lead's price; where
    the caller says which price that is, only for that.

    Of any number who claim at once as many get it, and pay, as there are seats. Raises NotFound,
    ProviderNotVerified, AlreadyAssigned, OwnLead, LeadNotOpen, NoSeatLeft, PriceChanged or
    InsufficientCredits.
    """
    lead = locked(lead)
    match = one_of(LeadMatch.objects.filter(offered_at__isnull=False), lead=lead, provider=provider)
    _require_claimable(lead, match, provider)
    if price is not None and price != lead.price:
        raise errors.PriceChanged(params={"price": lead.price})
    assignment = _hand_over(lead, match, is_automatic=False)
    _end_if_taken(lead)
    return assignment


def hand_out(lead: Lead) -> None:
    """Hand a locked lead to those next in rank who take leads without being asked, as many as there
    are seats; once there is nobody left of these, offer the rest of the seats to the others.
    """
    waiting = LeadMatch.objects.filter(lead=lead, state=State.WAITING, is_automatic=True)
    next_ones = list(waiting.order_by("rank")[: lead.seats_left])
    # All at once and by key, so that no two leads wait for each other's wallets.
    wallets = CreditWallet.objects.filter(provider__in=[match.provider_id for match in next_ones])
    list(wallets.order_by("provider").select_for_update(no_key=True))
    for match in next_ones:
        _hand_over_if_paid(lead, match)
    _end_if_taken(lead)
    if lead.seats_left and waiting.exists():
        events.publish(LeadSeatsLeft(lead_id=lead.pk))
    elif lead.seats_left:
        _offer(lead)


@transaction.atomic
def go_on(*, lead_id: UUID) -> None:
    """Go on handing out a lead that has seats left; does nothing to one that is not open."""
    rows = Lead.objects.select_for_update(of=("self",), no_key=True)
    lead = rows.filter(pk=lead_id).first()
    if lead is not None and lead.is_open:
        hand_out(lead)


@transaction.atomic
def end_offers(*, lead_id: UUID, reason: LeadMatch.Reason) -> None:
    """Let nobody have a lead any more, and tell those who could."""
    list(Lead.objects.all_with_deleted().select_for_update(no_key=True).filter(pk=lead_id))
    told = _ended(lead_id, reason)
    if told:
        events.publish(LeadOfferEnded(lead_id=lead_id, user_ids=told))


@transaction.atomic
def call_off(*, lead_id: UUID) -> None:
    """Let nobody have a lead any more that was called off or turned down; tell also those who have
    it, who may ask back what it cost.
    """
    end_offers(lead_id=lead_id, reason=Reason.CANCELLED)
    held = LeadAssignment.objects.filter(lead=lead_id, status__in=RUNNING)
    holders = _users(list(held.values_list("provider", flat=True)))
    if holders:
        events.publish(LeadCalledOff(lead_id=lead_id, user_ids=holders))


def expire_offers(*, batch: int = 100) -> int:
    """End the offers of a batch of leads whose time is over; returns of how many leads."""
    over = LeadMatch.objects.standing().filter(lead__expires_at__lte=clock.now())
    keys = list(over.order_by("lead").values_list("lead", flat=True).distinct()[:batch])
    for key in keys:
        end_offers(lead_id=key, reason=Reason.EXPIRED)
    return len(keys)


def _hand_over_if_paid(lead: Lead, match: LeadMatch) -> None:
    if _is_over_limit(lead, match):
        _refuse(match, Reason.DAILY_LIMIT)
        return
    try:
        with transaction.atomic():
            _hand_over(lead, match, is_automatic=True)
    except InsufficientCredits:
        _refuse(match, Reason.NO_CREDITS)


def _hand_over(lead: Lead, match: LeadMatch, *, is_automatic: bool) -> LeadAssignment:
    """Give a provider a seat, have it pay, and count and announce that."""
    assert lead.price is not None
    assignment = LeadAssignment(
        lead=lead,
        provider_id=match.provider_id,
        match_score=match.score,
        credit_cost=lead.price,
        currency=lead.currency,
        is_automatic=is_automatic,
    )
    save_checked(assignment)
    spend(
        provider_id=match.provider_id,
        credits=lead.price,
        lead_assignment_id=assignment.pk,
        description=f"Lead: {lead.title}"[:300],
    )
    _take_seat(lead)
    now = clock.now()
    LeadMatch.objects.filter(pk=match.pk).update(
        state=State.ASSIGNED, reason="", offered_at=match.offered_at or now, ended_at=now
    )
    count_lead(provider_id=match.provider_id)
    (user_id,) = _users([match.provider_id])
    events.publish(
        LeadAssigned(
            lead_id=lead.pk,
            client_user_id=lead.client_id,
            assignment_id=assignment.pk,
            provider_id=match.provider_id,
            provider_user_id=UUID(user_id),
        )
    )
    return assignment


def _take_seat(lead: Lead) -> None:
    lead.seats_taken += 1
    if lead.status == Lead.Status.VERIFIED:
        move(lead, to=Lead.Status.ASSIGNED, seats_taken=lead.seats_taken)
    else:
        lead.save(update_fields=["seats_taken"])


def _end_if_taken(lead: Lead) -> None:
    """Once no seat is left, tell those who could have had one."""
    if lead.seats_left == 0 and (told := _ended(lead.pk, Reason.TAKEN)):
        events.publish(LeadTaken(lead_id=lead.pk, user_ids=told))


def _ended(lead_id: UUID, reason: LeadMatch.Reason) -> list[str]:
    """End all matches by which a lead can be had; who of them had been told of it."""
    standing = LeadMatch.objects.standing().filter(lead=lead_id)
    told = standing.filter(offered_at__isnull=False)
    users = _users(list(told.values_list("provider", flat=True)))
    standing.update(state=State.ENDED, reason=reason, ended_at=clock.now())
    return users


def _offer(lead: Lead) -> None:
    """Tell those who wait that they may have a lead, and those who could not pay for it."""
    passed_over = Q(reason__in=[Reason.NO_CREDITS, Reason.DAILY_LIMIT])
    could = LeadMatch.objects.filter(
        Q(state=State.WAITING) | passed_over, lead=lead, offered_at=None
    )
    users = _users(list(could.values_list("provider", flat=True)))
    if users:
        could.update(state=State.OFFERED, offered_at=clock.now())
        events.publish(LeadOffered(lead_id=lead.pk, user_ids=users))


def _refuse(match: LeadMatch, reason: LeadMatch.Reason) -> None:
    LeadMatch.objects.filter(pk=match.pk).update(state=State.REJECTED, reason=reason)


def _is_over_limit(lead: Lead, match: LeadMatch) -> bool:
    """Whether a lead would cost a provider more today than it wants to spend by itself."""
    wanted = LeadPreference.objects.filter(provider=match.provider_id, daily_credits__isnull=False)
    limit = wanted.values_list("daily_credits", flat=True).first()
    if limit is None:
        return False
    midnight = datetime.combine(clock.today(), time.min, clock.now().tzinfo)
    taken = LeadAssignment.objects.paid().filter(
        provider=match.provider_id, is_automatic=True, assigned_at__gte=midnight
    )
    spent: Any = taken.aggregate(sum=Sum(F("credit_cost")))["sum"] or 0
    return bool(spent + lead.price > limit)


def _require_claimable(lead: Lead, match: LeadMatch, provider: ServiceProviderProfile) -> None:
    if not provider.is_verified_provider:
        raise ProviderNotVerified
    if match.state == State.ASSIGNED:
        raise errors.AlreadyAssigned
    if _is_own(lead, provider):
        raise errors.OwnLead
    if not lead.is_open:
        raise errors.LeadNotOpen
    if lead.seats_left < 1:
        raise errors.NoSeatLeft


def _is_own(lead: Lead, provider: ServiceProviderProfile) -> bool:
    """Whether a provider asked for a lead itself, as a visitor whose number it verified since."""
    return str(lead.client_id) in _users([provider.pk])


def _users(provider_ids: Collection[UUID]) -> list[str]:
    """Who run these businesses."""
    rows = ServiceProviderProfile.objects.all_with_deleted().filter(pk__in=provider_ids)
    return [str(key) for key in rows.order_by("pk").values_list("user_profile__user", flat=True)]
