"""What becomes of the leads of those who leave."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.leads.models import Lead, LeadAssignment, LeadVerificationCode
from apps.leads.services.leads import cancel_lead

#: While a lead stands so, its client may take it back.
OPEN = (Lead.Status.PENDING, Lead.Status.VERIFIED, Lead.Status.ASSIGNED)


@transaction.atomic
def end_leads_of(*, user_id: UUID) -> None:
    """Cancel what a user asked for and nobody won. Does nothing for one who has come back."""
    # Locked, so that nobody comes back meanwhile.
    if not User.objects.deleted_only().select_for_update(no_key=True).filter(pk=user_id).exists():
        return
    leads = Lead.objects.select_for_update(of=("self",)).filter(client=user_id, status__in=OPEN)
    for lead in leads.order_by("pk"):
        if not lead.is_lapsed:
            cancel_lead(lead=lead)


@transaction.atomic
def erase_leads_of(*, user_id: UUID) -> None:
    """Remove for good whom to ask for and where on a user's leads, the codes that were texted for
    them, and what they noted about those of others.
    """
    leads = Lead.objects.all_with_deleted().filter(client=user_id)
    LeadVerificationCode.objects.filter(lead__in=leads.values("pk")).delete()
    leads.update(
        **dict.fromkeys(
            (
                *("contact_name", "contact_phone", "contact_phone_index", "contact_email"),
                *("address", "suburb", "postal_code"),
            ),
            "",
        ),
        **dict.fromkeys(("latitude", "longitude"), None),
    )
    assignments = LeadAssignment.objects.all_with_deleted()
    assignments.filter(provider__user_profile__user=user_id).update(
        provider_notes="", refund_reason=""
    )
