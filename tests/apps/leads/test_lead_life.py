"""What becomes of leads by themselves: they expire, find their user, and leave with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.events import PhoneVerified
from apps.leads.events import LeadAdopted, LeadCancelled, LeadExpired
from apps.leads.handlers import adopt_leads
from apps.leads.models import LEAD_TRANSITIONS, Lead
from apps.leads.selectors import evidence_of, first_like
from apps.leads.services.departures import end_leads_of
from apps.leads.tasks import expire_leads
from kernel import clock
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.leads import LeadAssignmentFactory, LeadFactory
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

NUMBER = "+27821234567"


def _visitors(**fields: Any) -> Lead:
    found: Lead = LeadFactory(**{"client": None, "is_sms_verified": True, **fields})
    return found


def _verified() -> Any:
    return UserProfileFactory(phone_number=NUMBER, is_phone_verified=True).user


def test_leads_whose_time_is_over_expire():
    now = clock.now()
    due = [LeadFactory(status=status, expires_at=now) for status in ("PENDING", "VERIFIED")]
    LeadFactory(status="ASSIGNED", expires_at=now)
    LeadFactory(expires_at=now + timedelta(hours=1))

    with announced() as heard:
        gone = expire_leads()

    assert gone == 2
    assert {*Lead.objects.filter(status="EXPIRED")} == {*due}
    assert heard == [LeadExpired(lead_id=d.pk, client_user_id=d.client_id) for d in due]
    assert expire_leads() == 0


def test_a_user_gets_what_they_asked_for_as_a_visitor():
    lead, user = _visitors(), _verified()

    with announced() as heard:
        for _ in range(2):
            adopt_leads(PhoneVerified(user_id=user.pk))

    lead.refresh_from_db()
    assert lead.client == user
    assert heard == [LeadAdopted(lead_id=lead.pk, client_user_id=user.pk)]


@pytest.mark.parametrize(
    "fields",
    [
        {"is_sms_verified": False},
        {"contact_phone": "+27829999999"},
        {"created_at": clock.now() - timedelta(days=31)},
    ],
    ids=["unconfirmed", "another-number", "old"],
)
def test_a_user_gets_no_other_leads(fields: dict[str, Any]):
    lead, user = _visitors(**fields), _verified()

    adopt_leads(PhoneVerified(user_id=user.pk))

    lead.refresh_from_db()
    assert lead.client is None


def test_a_user_gets_no_lead_that_their_own_business_has():
    lead, user = _visitors(), _verified()
    LeadAssignmentFactory(lead=lead, provider=ProviderFactory(user_profile=user.profile))

    adopt_leads(PhoneVerified(user_id=user.pk))

    lead.refresh_from_db()
    assert lead.client is None


def test_a_lead_of_somebody_stays_theirs():
    lead, user = LeadFactory(is_sms_verified=True), _verified()

    adopt_leads(PhoneVerified(user_id=user.pk))

    lead.refresh_from_db()
    assert lead.client != user


def test_who_leaves_takes_back_what_nobody_won():
    user = UserFactory()
    open_one, won = LeadFactory(client=user), LeadFactory(client=user, status="WON")
    LeadFactory()
    user.soft_delete()

    with announced() as heard:
        end_leads_of(user_id=user.pk)

    won.refresh_from_db()
    assert heard == [LeadCancelled(lead_id=open_one.pk, client_user_id=user.pk)]
    assert won.status == "WON"


def test_who_came_back_keeps_their_leads():
    lead = LeadFactory()

    end_leads_of(user_id=lead.client_id)

    lead.refresh_from_db()
    assert lead.status == "VERIFIED"


@pytest.mark.parametrize("start", Lead.Status.values)
def test_the_database_refuses_steps_that_a_lead_cannot_take(start: str):
    taken = set()

    for end in set(Lead.Status.values) - {start}:
        lead = LeadFactory(status=start)
        try:
            with transaction.atomic():
                Lead.objects.filter(pk=lead.pk).update(status=end)
            taken.add((start, end))
        except Exception as error:  # noqa: BLE001 - of the trigger's own class
            assert "nvalid transition" in str(error), error

    assert taken == {step for step in LEAD_TRANSITIONS if step[0] == start}


def test_a_lead_without_client_and_number_cannot_be():
    with pytest.raises(IntegrityError), transaction.atomic():
        LeadFactory(client=None, contact_phone="")


@pytest.mark.parametrize(
    ("change", "is_like"),
    [
        ({}, True),
        ({"city": "CAPE TOWN"}, True),
        ({"city": "Durban"}, False),
        ({"city": "Durban", "latitude": -33.92, "longitude": 18.42}, True),
        ({"city": "Durban", "latitude": -33.0, "longitude": 18.42}, False),
        ({"contact_phone": "+27829999999"}, False),
        ({"status": "REJECTED"}, False),
        ({"status": "CANCELLED"}, False),
        ({"status": "EXPIRED"}, True),
        ({"created_at": LONG_AGO}, False),
    ],
    ids=str,
)
def test_a_lead_is_for_the_same_as_another(change: dict[str, Any], is_like: bool):
    lead = LeadFactory(client=None, latitude=-33.93, longitude=18.42)
    other = LeadFactory(**{"client": None, "category": lead.category, **change})
    LeadFactory(client=None)  # of another category

    found = first_like(lead, since=clock.now() - timedelta(days=7))

    assert found == (other if is_like else None)


def test_what_came_of_earlier_leads_counts():
    user, now = UserFactory(), clock.now()
    lead = LeadFactory(client=user)
    LeadFactory(client=user, status="WON", verified_at=now)
    LeadFactory(client=user, status="REJECTED", rejection_reason="SPAM", verified_at=now)
    LeadFactory(client=user, status="REJECTED", rejection_reason="OTHER")
    paid_back = LeadFactory(client=user, status="ASSIGNED", verified_at=now)
    LeadAssignmentFactory(lead=paid_back, refunded=True, refund_kind=RefundReasonFactory())
    elsewhere = LeadFactory(client=user, status="ASSIGNED", verified_at=now)
    out_of_area = RefundReasonFactory(code="out_of_area")
    LeadAssignmentFactory(lead=elsewhere, refunded=True, refund_kind=out_of_area)
    LeadFactory(status="WON", verified_at=now)

    evidence = evidence_of(lead, None)

    assert (evidence.good_leads, evidence.bad_leads) == (2, 2)
