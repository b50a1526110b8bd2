"""Asking for work, and taking that back or turning it down."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.errors import InvalidPhoneNumber
from apps.accounts.models import User, UserProfile
from apps.accounts.phone_numbers import mobile_number
from apps.core import configuration
from apps.leads import errors
from apps.leads.configuration import (
    DUPLICATE_DAYS,
    MAX_PROVIDERS,
    OPEN_DAYS,
    SIGNAL_WEIGHTS,
    THRESHOLD,
    VERIFY_HOURS,
)
from apps.leads.events import LeadCancelled, LeadCreated, LeadRejected, LeadVerified
from apps.leads.models import Lead
from apps.leads.scoring import score
from apps.leads.selectors import evidence_of, first_like, phone_digests, profile_of
from apps.leads.services.transitions import locked, move, require_living
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.countries import check_country
from kernel.locks import hold
from kernel.money import CurrencyMismatch, Money

#: What a lead takes from its area where nothing else is said.
OF_AREA = ("city", "state", "country")
BUDGET = ("budget_min", "budget_max")
#: Where leads come from that people make themselves.
OWN_SOURCES = (Lead.Source.WEB, Lead.Source.MOBILE)


@transaction.atomic
def create_lead(*, client: User | None, details: Mapping[str, Any]) -> Lead:
    """Write down what somebody asks for, and how likely it is that they mean it. It is verified at
    once where a client's score is high enough; else it waits for a code.

    ``details`` are fields of Lead. How to reach a client follows from their account where that is
    left out; a visitor, who has none, gives a phone number. Raises NoArea, InvalidContactPhone,
    PhoneRequired where a code has to be sent, SubcategoryMismatch, InvalidSource, CurrencyMismatch,
    UnknownCountry, or ValidationError when a constraint of Lead is broken.
    """
    lead = Lead(client=client)
    profile = profile_of(client.pk) if client else None
    _assign(lead, {**_reachable_by(profile), **details})
    lead.clean_fields()
    for name in _askers(lead):
        hold(f"leads.Lead:{name}")
    lead.created_at = now = clock.now()
    days, hours, threshold = configuration.values(DUPLICATE_DAYS, VERIFY_HOURS, THRESHOLD)
    lead.duplicate_of = first_like(lead, since=now - timedelta(days=days))
    assess(lead, profile)
    lead.expires_at = now + timedelta(hours=hours)
    is_verified = client is not None and lead.verification_score >= threshold
    if is_verified:
        _open(lead, now)
    elif not lead.contact_phone:
        raise errors.PhoneRequired
    save_checked(lead)
    events.publish(LeadCreated(lead_id=lead.pk, client_user_id=lead.client_id))
    if is_verified:
        events.publish(LeadVerified(lead_id=lead.pk, client_user_id=lead.client_id))
    return lead


def verify_confirmed(lead: Lead) -> None:
    """Verify a locked lead whose code came back, and score it anew."""
    lead.is_sms_verified = True
    assess(lead, profile_of(lead.client_id) if lead.client_id else None)
    _open(lead, clock.now())
    lead.save(
        update_fields=[
            *("is_sms_verified", "verification_score", "verification_details"),
            *("status", "verified_at", "expires_at"),
        ]
    )
    events.publish(LeadVerified(lead_id=lead.pk, client_user_id=lead.client_id))


@transaction.atomic
def cancel_lead(*, lead: Lead, version: int | None = None) -> Lead:
    """Take back a lead that was not won by anybody.

    Raises VersionConflict, LeadExpired or IllegalTransition.
    """
    lead = locked(lead, version)
    require_living(lead)
    move(lead, to=Lead.Status.CANCELLED)
    events.publish(LeadCancelled(lead_id=lead.pk, client_user_id=lead.client_id))
    return lead


@transaction.atomic
def reject_lead(
    *, lead: Lead, reason: Lead.RejectionReason, note: str = "", version: int | None = None
) -> Lead:
    """Turn down a lead that was not won by anybody.

    Raises VersionConflict, LeadExpired or IllegalTransition.
    """
    lead = locked(lead, version)
    require_living(lead)
    move(lead, to=Lead.Status.REJECTED, rejection_reason=reason, rejection_note=note)
    events.publish(
        LeadRejected(lead_id=lead.pk, client_user_id=lead.client_id, reason=reason.value)
    )
    return lead


def assess(lead: Lead, profile: UserProfile | None) -> None:
    """Write on a lead how likely it is that it is meant, by what is known at this moment."""
    found = score(evidence_of(lead, profile), SIGNAL_WEIGHTS.value())
    lead.verification_score, lead.verification_details = found.total, found.as_json()


def _open(lead: Lead, now: datetime) -> None:
    """Have a lead be ready for providers."""
    lead.status, lead.verified_at = Lead.Status.VERIFIED, now
    lead.expires_at = now + timedelta(days=OPEN_DAYS.value())


def _askers(lead: Lead) -> list[str]:
    """By what somebody who asks twice is known: of two who do so at once, one waits."""
    digests = phone_digests(lead.contact_phone)[:1] if lead.contact_phone else []
    return sorted([*([str(lead.client_id)] if lead.client_id else []), *digests])


def _reachable_by(profile: UserProfile | None) -> dict[str, str]:
    """How to reach a client by their account."""
    if profile is None:
        return {}
    phone = profile.phone_number if profile.is_phone_verified else ""
    return {
        "contact_name": profile.user.name,
        "contact_email": profile.user.email,
        "contact_phone": phone,
    }


def _assign(lead: Lead, details: Mapping[str, Any]) -> None:
    lead.currency = _currency(details)
    for name, value in {**details, **_placed(details)}.items():
        setattr(lead, name, value)
    if details.get("max_providers") is None:
        lead.max_providers = MAX_PROVIDERS.value()
    if not lead.city.strip():
        raise errors.NoArea
    if lead.country:
        check_country(lead.country)
    if lead.contact_phone:
        lead.contact_phone = _mobile(lead.contact_phone)
    if lead.subcategory is not None and lead.subcategory.category_id != lead.category_id:
        raise errors.SubcategoryMismatch
    if lead.source not in OWN_SOURCES:
        raise errors.InvalidSource


def _placed(details: Mapping[str, Any]) -> dict[str, str]:
    """Where a lead is by its area, as far as nothing else is said."""
    area = details.get("area")
    names = [name for name in OF_AREA if not details.get(name)] if area is not None else []
    return {name: getattr(area, name) for name in names}


def _currency(details: Mapping[str, Any]) -> str:
    """The currency of the area, else of the budget, else the platform's; raises CurrencyMismatch
    where amounts are in another one.
    """
    area = details.get("area")
    amounts: list[Money] = [details[name] for name in BUDGET if details.get(name) is not None]
    named = [area.currency] if area is not None else [amount.currency for amount in amounts]
    currency: str = named[0] if named else settings.PLATFORM_CURRENCY
    if any(amount.currency != currency for amount in amounts):
        raise CurrencyMismatch
    return currency


def _mobile(text: str) -> str:
    try:
        return mobile_number(text)
    except InvalidPhoneNumber as error:
        raise errors.InvalidContactPhone from error
