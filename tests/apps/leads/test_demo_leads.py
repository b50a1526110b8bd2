"""The leads of the demo data, as services would have left them."""

from collections import defaultdict
from itertools import chain
from typing import Any

import pytest
from django.db import transaction

from apps.leads.models import TAKING, Lead, LeadMatch, LeadVerificationCode
from kernel import clock
from server.management.commands.load_demo import plan

Planned = dict[type, list[Any]]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planned(django_db_setup: None, django_db_blocker: Any) -> Planned:
    """The rows of the demo data by their models."""
    found = defaultdict(list)
    with django_db_blocker.unblock(), transaction.atomic():
        for row in chain.from_iterable(plan(2026)):
            found[type(row)].append(row)
        transaction.set_rollback(True)
    return found


def test_there_are_leads_in_all_states_but_of_orders(planned: Planned):
    states = {lead.status for lead in planned[Lead]}

    assert states == {*Lead.Status} - {"CONVERTED"}
    assert len(planned[Lead]) == 31
    assert {lead.client is None for lead in planned[Lead]} == {True, False}
    assert [lead for lead in planned[Lead] if lead.duplicate_of]


def test_what_waits_or_is_open_has_time_left(planned: Planned):
    now = clock.now()
    waiting = [lead for lead in planned[Lead] if lead.status in ("PENDING", "VERIFIED")]
    expired = [lead for lead in planned[Lead] if lead.status == "EXPIRED"]

    assert all(lead.expires_at > now for lead in waiting)
    assert all(lead.expires_at < now for lead in expired)


def test_what_is_offered_can_be_had(planned: Planned):
    offered = [match.lead for match in planned[LeadMatch] if match.state == "OFFERED"]

    assert offered
    assert all(lead.seats_left and lead.status in TAKING for lead in offered)


def test_what_was_confirmed_has_the_code_that_did_it(planned: Planned):
    confirmed = {code.lead.pk for code in planned[LeadVerificationCode] if code.confirmed_at}

    assert confirmed == {lead.pk for lead in planned[Lead] if lead.is_sms_verified}
