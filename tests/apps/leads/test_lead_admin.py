"""Leads in the admin: read with their codes, turned down by the service alone."""

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.leads.events import LeadRejected
from apps.leads.models import Lead
from apps.leads.services.codes import request_code
from tests.factories.cast import Cast
from tests.factories.leads import LeadFactory
from tests.support.announced import announced

LIST = "admin:leads_lead_changelist"


def _reject(client: Client, *leads: Lead) -> Any:
    chosen = {"action": "reject_as_spam", "_selected_action": [str(lead.pk) for lead in leads]}
    return client.post(reverse(LIST), chosen, follow=True)


def test_chosen_leads_are_turned_down_by_the_service(cast: Cast, client: Client):
    client.force_login(cast.dora)
    lead, won = LeadFactory(), LeadFactory(status="WON")

    with announced() as heard:
        page = _reject(client, lead, won).content.decode()

    assert heard == [LeadRejected(lead_id=lead.pk, client_user_id=lead.client_id, reason="SPAM")]
    assert "Done: 1." in page
    assert "This cannot be done with a lead that is won." in page


def test_staff_without_the_permission_turn_nothing_down(cast: Cast, client: Client):
    client.force_login(cast.eve)
    lead = LeadFactory()

    _reject(client, lead)

    assert Lead.objects.get().status == "VERIFIED"


def test_a_visitor_s_lead_is_read_with_its_codes(cast: Cast, client: Client):
    client.force_login(cast.dora)
    lead = LeadFactory(client=None, pending=True)
    request_code(lead=lead)

    shown = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()

    assert "WAITING" in shown
