"""Asking for work: what is written down, scored, and found to be asked twice."""

from typing import Any

import pytest

from apps.leads import errors
from apps.leads.events import LeadCreated, LeadVerified
from apps.leads.models import Lead
from apps.leads.services.leads import create_lead
from kernel.money import CurrencyMismatch, Money
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Any:
    """A client whose phone and address were verified."""
    user = UserFactory(name="Ben Botha", is_email_verified=True)
    UserProfileFactory(user=user, phone_number="+27821234567", is_phone_verified=True)
    return user


def _wish(**more: Any) -> dict[str, Any]:
    return {"title": "A new roof", "city": "Cape Town", "category": CategoryFactory(), **more}


def test_a_client_who_is_known_is_believed_at_once(client: Any):
    with announced() as heard:
        lead = create_lead(client=client, details=_wish())

    assert (lead.status, lead.verification_score) == ("VERIFIED", 71)
    assert heard == [
        LeadCreated(lead_id=lead.pk, client_user_id=client.pk),
        LeadVerified(lead_id=lead.pk, client_user_id=client.pk),
    ]


def test_how_to_reach_a_client_follows_from_the_account(client: Any):
    create_lead(client=client, details=_wish())

    lead = Lead.objects.get()
    assert (lead.contact_name, lead.contact_email) == ("Ben Botha", client.email)
    assert lead.contact_phone == "+27821234567"


def test_a_client_who_is_unknown_waits_for_a_code():
    with announced() as heard:
        lead = create_lead(client=UserFactory(), details=_wish(contact_phone="082 123 4567"))

    assert (lead.status, lead.verified_at) == ("PENDING", None)
    assert heard == [LeadCreated(lead_id=lead.pk, client_user_id=lead.client_id)]


def test_who_asks_for_the_same_twice_is_found_out(client: Any):
    wish = _wish()
    first = create_lead(client=client, details=wish)

    second = create_lead(client=client, details=wish)

    assert (first.duplicate_of, second.duplicate_of) == (None, first)
    assert second.verification_score == first.verification_score - 10 + 2  # asked twice, meant once


def test_an_area_says_where_and_in_which_currency(client: Any):
    area = AreaFactory(city="Durban", country="ZA", currency="ZAR")

    lead = create_lead(
        client=client, details={"title": "Roof", "area": area, "category": CategoryFactory()}
    )

    assert (lead.city, lead.country, lead.currency) == ("Durban", "ZA", "ZAR")


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"city": " "}, errors.NoArea),
        ({"contact_phone": "+27 82"}, errors.InvalidContactPhone),
        ({"source": Lead.Source.STAFF}, errors.InvalidSource),
        (
            {"budget_min": Money(1, "ZAR"), "budget_max": Money(2, "USD")},
            CurrencyMismatch,
        ),
    ],
    ids=["no-city", "no-number", "staff", "currencies"],
)
def test_what_is_no_lead_is_refused(client: Any, details: dict[str, Any], refusal: Any):
    with announced() as heard, pytest.raises(refusal):
        create_lead(client=client, details=_wish(**details))

    assert (Lead.objects.count(), heard) == (0, [])


def test_a_service_of_another_category_is_refused(client: Any):
    with pytest.raises(errors.SubcategoryMismatch):
        create_lead(client=client, details=_wish(subcategory=SubcategoryFactory()))

    assert not Lead.objects.exists()


def test_who_cannot_be_texted_a_code_says_how():
    with pytest.raises(errors.PhoneRequired):
        create_lead(client=UserFactory(), details=_wish())

    assert not Lead.objects.exists()
