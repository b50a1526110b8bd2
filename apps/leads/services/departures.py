"""What becomes of the leads of those who are gone for good."""

from uuid import UUID

from django.db import transaction

from apps.leads.models import Lead, LeadAssignment


@transaction.atomic
def erase_leads_of(*, user_id: UUID) -> None:
    """Remove for good whom to ask for and where on a user's leads, and what they noted about those
    of others.
    """
    Lead.objects.all_with_deleted().filter(client=user_id).update(
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
    assignments.filter(provider__user_profile__user=user_id).update(provider_notes="")
