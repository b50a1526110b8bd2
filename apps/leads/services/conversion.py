"""Turning leads that were won into orders."""

from typing import Any

from django.db import transaction

from apps.accounts.models import ClientProfile
from apps.catalog.models import ServiceSubcategory
from apps.leads import errors
from apps.leads.events import LeadConverted
from apps.leads.models import Lead, LeadAssignment
from apps.leads.services.transitions import illegal, locked, move
from apps.orders.services.bids import accept_bid, place_bid
from apps.orders.services.orders import create_order, publish_order
from kernel import events
from kernel.lookup import one_of
from kernel.money import Money

#: What an order takes from its lead.
TAKEN = ("title", "description", "city", "state", "country", "postal_code")


@transaction.atomic
def convert_lead_to_order(
    *,
    lead: Lead,
    client: ClientProfile,
    service: ServiceSubcategory | None = None,
    amount: Money | None = None,
    version: int | None = None,
) -> Lead:
    """Make an order of a lead that was won, in the hands of who won it, at the price of the quote
    where no other is said.

    Raises VersionConflict, IllegalTransition, ServiceNeeded, QuoteNeeded, and what placing,
    publishing, bidding and accepting raise: the provider has to be able to take such an order.
    """
    lead = locked(lead, version)
    if lead.status != Lead.Status.WON:
        raise illegal(lead)
    won = one_of(
        LeadAssignment.objects.select_related("provider"),
        lead=lead,
        status=LeadAssignment.Status.WON,
    )
    service, amount = service or lead.subcategory, amount or won.quote_amount
    if service is None:
        raise errors.ServiceNeeded
    if amount is None:
        raise errors.QuoteNeeded
    order = create_order(client=client, details=_details(lead, service), currency=lead.currency)
    order = publish_order(order=order)
    bid = place_bid(order=order, provider=won.provider, amount=amount, is_answer=False)
    accept_bid(bid=bid)
    move(lead, to=Lead.Status.CONVERTED, order=order)
    events.publish(LeadConverted(lead_id=lead.pk, client_user_id=lead.client_id, order_id=order.pk))
    return lead


def _details(lead: Lead, service: ServiceSubcategory) -> dict[str, Any]:
    details = {name: getattr(lead, name) for name in TAKEN}
    return details | {
        "area": lead.area,
        "location": lead.address,
        "latitude": lead.latitude,
        "longitude": lead.longitude,
        "service_subcategory": service,
        "urgency": lead.urgency,
    }
