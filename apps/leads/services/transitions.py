"""Steps of a lead: each locked, checked, dated and announced by its service."""

from typing import Any

from apps.leads import errors
from apps.leads.models import LEAD_TRANSITIONS, Lead
from kernel import clock
from kernel.lookup import one_of
from kernel.models import require_version

#: The column that dates a status, where there is one.
DATED = {
    Lead.Status.VERIFIED: "verified_at",
    Lead.Status.CANCELLED: "cancelled_at",
    Lead.Status.REJECTED: "rejected_at",
}


def locked(lead: Lead, version: int | None = None) -> Lead:
    """The lead as it stands now, locked until the transaction ends. Lock it before what hangs on
    it. Raises NotFound where it was deleted in the meantime, or VersionConflict.
    """
    rows = Lead.objects.select_for_update(of=("self",)).select_related(
        *("category", "subcategory", "area")
    )
    found: Lead = one_of(rows, pk=lead.pk)
    require_version(found, version)
    return found


def require_living(lead: Lead) -> None:
    """Raise LeadExpired where a lead's time is over, also before it is marked so."""
    if lead.is_lapsed:
        raise errors.LeadExpired


def move(lead: Lead, *, to: Lead.Status, **changes: Any) -> None:
    """Have a locked lead take a step; raises IllegalTransition where it may not."""
    if (lead.status, to) not in LEAD_TRANSITIONS:
        raise illegal(lead)
    lead.status = to
    if to in DATED:
        changes[DATED[to]] = clock.now()
    for field, value in changes.items():
        setattr(lead, field, value)
    lead.save(update_fields=["status", *changes])


def illegal(lead: Lead) -> errors.IllegalTransition:
    """The refusal of a step that a lead cannot take from where it stands."""
    return errors.IllegalTransition(params={"status": Lead.Status(lead.status).label.lower()})
