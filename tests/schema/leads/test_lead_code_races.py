"""Codes of leads, typed in by many at the same moment."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from apps.leads.access import token_of
from apps.leads.events import LeadVerified
from apps.leads.models import Lead, LeadVerificationCode
from apps.leads.services.codes import request_code
from apps.leads.services.leads import create_lead
from kernel.rates import Rate
from tests.factories.accounts import UserProfileFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.leads import LeadFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.letters import newest_code
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def _confirm(lead: Lead, code: str) -> Answer:
    given = {"leadId": gid(lead), "code": code, "visitorToken": token_of(lead.pk)}
    return GraphQL().mutate("confirmLeadCode", given)


def _waiting() -> tuple[Lead, str]:
    lead = LeadFactory(client=None, pending=True)
    request_code(lead=lead)
    return lead, newest_code("lead_code")


def test_of_fifty_guesses_at_once_five_count(settings: Any):
    settings.RATES = settings.RATES | {"CODE": (Rate(99, 60), Rate(99, 60))}
    lead, code = _waiting()
    wrong = [f"{(int(code) + step) % 1_000_000:06}" for step in range(1, 51)]

    answers = race(*[partial(_confirm, lead, guess) for guess in wrong])

    codes = Counter(answer.code for answer in answers)
    assert codes == Counter(invalid_code=5, too_many_attempts=45)
    assert LeadVerificationCode.objects.get().attempts == 5


@pytest.mark.parametrize("round", range(3))
def test_of_two_uses_at_once_one_wins(round: int):
    lead, code = _waiting()

    with announced() as heard:
        answers = race(*[partial(_confirm, lead, code)] * 2)

    kinds = Counter(answer.data["confirmLeadCode"]["__typename"] for answer in answers)
    assert kinds == Counter(VisitorLead=1, OperationInfo=1)
    assert heard == [LeadVerified(lead_id=lead.pk, client_user_id=None)]


@pytest.mark.parametrize("round", range(3))
def test_of_leads_for_the_same_made_at_once_all_but_one_are_found_out(round: int):
    user = UserProfileFactory().user
    wish = {
        "title": "A roof",
        "city": "Cape Town",
        "category": CategoryFactory(),
        "contact_phone": "+27821234567",
    }

    leads = race(*[partial(create_lead, client=user, details=wish)] * 4)

    (first,) = [lead for lead in leads if lead.duplicate_of is None]
    assert [lead.duplicate_of for lead in leads].count(first) == 3
