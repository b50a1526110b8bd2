"""Looking for the providers who fit a lead, and writing down how well, and why not."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import ServiceCategory
from apps.core import configuration
from apps.leads.configuration import (
    BASE_PRICE,
    MATCH_WEIGHTS,
    MODE,
    MOST_RUNNING,
    SHORTLIST,
    URGENCY_PERCENTS,
)
from apps.leads.events import LeadMatched
from apps.leads.matching import VERSION
from apps.leads.models import Lead, LeadMatch, LeadPreference
from apps.leads.pricing import Price, price_of
from apps.leads.services.handing import hand_out
from apps.leads.shortlist import Terms, shortlisted
from kernel import clock, events
from kernel.lookup import one_of

State = LeadMatch.State
Mode = LeadPreference.Mode


@transaction.atomic
def match_lead(*, lead_id: UUID) -> None:
    """Look for the providers who fit a verified lead best, and hand it to them; does nothing to one
    that was matched, or is over.
    """
    rows = Lead.objects.all_with_deleted().select_for_update(of=("self",), no_key=True)
    lead: Lead = one_of(rows.select_related("category", "area"), pk=lead_id)
    if lead.status != Lead.Status.VERIFIED or lead.matched_at or lead.is_lapsed or lead.is_deleted:
        return
    now = clock.now()
    weights, most, busy, mode = configuration.values(MATCH_WEIGHTS, SHORTLIST, MOST_RUNNING, MODE)
    found = shortlisted(lead, Terms(now, weights, most, busy))
    price = _price(lead)
    lead.price, lead.price_details, lead.matched_at = price.credits, price.as_json(), now
    fitting = sum(not row.reason for row in found)
    lead.match_details = {"version": VERSION, "weights": weights, "fitting": fitting}
    lead.save(update_fields=["price", "price_details", "matched_at", "match_details"])
    LeadMatch.objects.bulk_create(
        [_match(lead, rank, row, mode) for rank, row in enumerate(found, start=1)]
    )
    events.publish(LeadMatched(lead_id=lead.pk, client_user_id=lead.client_id, providers=fitting))
    hand_out(lead)


def _price(lead: Lead) -> Price:
    """What a lead costs by its branch, or the nearest above that says something."""
    branch = ServiceCategory.objects.all_with_deleted().with_tree_fields()
    above = branch.ancestors(lead.category, include_self=True)
    said = [found.lead_credits for found in above if found.lead_credits is not None]
    base, percents = configuration.values(BASE_PRICE, URGENCY_PERCENTS)
    return price_of(
        base=said[-1] if said else base,
        urgency=lead.urgency,
        score=lead.verification_score,
        percents=percents,
    )


def _match(lead: Lead, rank: int, row: Any, usual: str) -> LeadMatch:
    is_automatic = (row.mode or usual) == Mode.AUTOMATIC
    return LeadMatch(
        lead=lead,
        provider_id=row.pk,
        rank=rank,
        score=round(row.total),
        parts=row.parts,
        scoring_version=VERSION,
        is_automatic=is_automatic,
        state=State.REJECTED if row.reason else State.WAITING,
        reason=row.reason,
    )
