"""Leads that were not confirmed, or not handed to anybody, in time."""

from apps.leads.events import LeadExpired
from apps.leads.models import Lead
from apps.leads.services.transitions import move
from kernel import events
from kernel.viewer import SYSTEM, acting_as

BATCH = 100


def expire_leads(*, batch: int = BATCH) -> int:
    """Close some of the leads whose time is over; returns how many.

    Two workers at once take different ones: what another has locked is left to it.
    """
    with acting_as(SYSTEM):
        due = Lead.objects.lapsed().order_by("expires_at", "pk")
        leads = list(due.select_for_update(of=("self",), skip_locked=True)[:batch])
        for lead in leads:
            move(lead, to=Lead.Status.EXPIRED)
            events.publish(LeadExpired(lead_id=lead.pk, client_user_id=lead.client_id))
    return len(leads)
