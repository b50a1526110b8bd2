"""People without an account who ask for work, and those of them who get one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import UserProfile
from apps.leads import errors
from apps.leads.configuration import VISITORS
from apps.leads.events import LeadAdopted
from apps.leads.models import Lead, LeadAssignment
from apps.leads.selectors import phone_digests
from apps.leads.services.codes import request_code
from apps.leads.services.leads import create_lead
from kernel import clock, events

#: How long after it was made a visitor's lead can find its user.
ADOPTED_WITHIN = timedelta(days=30)


@transaction.atomic
def create_visitor_lead(*, details: Mapping[str, Any], language: str = "") -> Lead:
    """Write down what a visitor asks for, and text a code to the number that they give: nothing
    comes of it until that is confirmed, whatever the score.

    Raises VisitorsNotAllowed, PhoneRequired, what ``create_lead`` raises, or DailyLimitReached.
    """
    if not VISITORS.value():
        raise errors.VisitorsNotAllowed
    if not details.get("contact_phone"):
        raise errors.PhoneRequired
    lead = create_lead(client=None, details=details)
    request_code(lead=lead, language=language)
    return lead


@transaction.atomic
def adopt_leads_of(*, user_id: UUID) -> None:
    """Give a user the leads that they confirmed as a visitor, of the last 30 days: those with the
    number that their profile was verified by, but what their own business has. Does nothing the
    second time.
    """
    profiles = UserProfile.objects.filter(user=user_id, is_phone_verified=True)
    profile = profiles.exclude(phone_number_index="").first()
    if profile is None:
        return
    rows = Lead.objects.of_visitors().filter(
        contact_phone_index__in=phone_digests(profile.phone_number),
        is_sms_verified=True,
        created_at__gte=clock.now() - ADOPTED_WITHIN,
    )
    held = LeadAssignment.objects.filter(provider__user_profile__user=user_id)
    rows = rows.exclude(pk__in=held.values("lead"))
    for lead in rows.select_for_update(of=("self",)).order_by("pk"):
        lead.client_id = user_id
        lead.save(update_fields=["client"])
        events.publish(LeadAdopted(lead_id=lead.pk, client_user_id=user_id))
