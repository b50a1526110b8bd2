"""Writing to those whom leads concern: by mail, and to who has to be quick also by text message."""

from collections.abc import Collection
from uuid import UUID

import structlog
from django.conf import settings

from apps.accounts.models import User
from apps.accounts.selectors import language_of
from apps.accounts.services.letters import write_to
from apps.core.errors import DailyLimitReached
from apps.core.services.daily import count_today
from apps.core.services.outbox import send_mail, send_sms
from apps.leads.models import Lead, LeadAssignment

log = structlog.get_logger(__name__)

#: Of a lead's title in a text message, which is paid by its length.
LONGEST_TITLE = 60


def tell_offered(*, lead_id: UUID, user_ids: Collection[str]) -> None:
    """Write to providers that they may have a lead: of what it says, nothing yet."""
    lead = Lead.objects.all_with_deleted().select_related("category").get(pk=lead_id)
    for user in User.objects.filter(pk__in=user_ids).order_by("pk"):
        write_to(
            user,
            "lead_offered",
            category=lead.category.name,
            city=lead.city,
            credits=lead.price,
        )


def tell_assigned(*, assignment_id: UUID) -> None:
    """Write to a provider that it has a lead, and text to its number where that is verified."""
    assignment = _assignment(assignment_id)
    user, lead = assignment.provider.user_profile.user, assignment.lead
    context = {"title": lead.title, "city": lead.city}
    write_to(user, "lead_assigned", credits=assignment.credit_cost, **context)
    profile = assignment.provider.user_profile
    if profile.is_phone_verified and _may_text():
        send_sms(
            template="lead_assigned_sms",
            to=profile.phone_number,
            language=language_of(user),
            context=context | {"title": lead.title[:LONGEST_TITLE]},
            user=user,
        )


def tell_quoted(*, assignment_id: UUID) -> None:
    """Write to who asked that a provider named its price."""
    assignment = _assignment(assignment_id)
    lead, user = assignment.lead, assignment.lead.client
    to = user.email if user else lead.contact_email
    if to and assignment.quote_amount is not None:
        send_mail(
            template="lead_quoted",
            to=to,
            language=language_of(user),
            context={
                "name": user.name if user else lead.contact_name,
                "title": lead.title,
                "business": assignment.provider.business_name,
                "amount": assignment.quote_amount.formatted,
            },
            user=user,
        )


def tell_refund(*, assignment_id: UUID) -> None:
    """Write to a provider what came of asking back what a lead cost, or that it has that back
    without asking: nobody pays for a lead that was turned down.
    """
    assignment = _assignment(assignment_id)
    user = assignment.provider.user_profile.user
    approved = assignment.refund_status == LeadAssignment.RefundStatus.APPROVED
    asked = assignment.refund_requested_at is not None
    write_to(
        user,
        "lead_refund_decided",
        title=assignment.lead.title,
        asked=asked,
        approved=approved,
        credits=assignment.credit_cost,
        notes=assignment.refund_note if asked else "",
    )


def _assignment(assignment_id: UUID) -> LeadAssignment:
    rows = LeadAssignment.objects.all_with_deleted().select_related(
        "lead__client", "provider__user_profile__user"
    )
    found: LeadAssignment = rows.get(pk=assignment_id)
    return found


def _may_text() -> bool:
    """Count a text message of the day; whether there may be one more. The mail goes anyway."""
    try:
        count_today("sms", settings.SMS_PER_DAY)
    except DailyLimitReached:
        log.warning("daily_limit_reached", template="lead_assigned_sms")
        return False
    return True
