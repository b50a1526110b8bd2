"""Ways to get in touch are blotted out of what a lead says, however they are spelled."""

import pytest
from django.db.models import TextField, Value

from schema.leads.wording import without_contacts
from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.django_db


def _shown(text: str) -> str:
    lead = LeadFactory()
    said = without_contacts(Value(text, output_field=TextField()))
    found = type(lead).objects.annotate(said=said).get(pk=lead.pk)
    return str(found.said)


@pytest.mark.parametrize(
    "contact",
    [
        "0821234567",
        "082 123 4567",
        "082-123-4567",
        "(082) 123 4567",
        "082.123.4567",
        "082/1234567",
        "082\u2013123\u20134567",
        "+27 82 123 4567",
        "+27 (0) 82 123 45 67",
        "0 8 2 1 2 3 4 5 6 7",
        "\uff10\uff18\uff12\uff11\uff12\uff13\uff14",
        "zero eight two one two three four five six seven",
        "Zero82 One23 4567",
        "ben@example.org",
        "BEN.botha+roof@mail.example.co.za",
        "ben @ example.org",
        "ben at example dot org",
        "ben (at) example (dot) org",
        "ben[at]example[dot]org",
        "www.example.org/ben",
        "https://example.org/?a=b",
        "wa.me/27821234567",
    ],
)
def test_a_way_to_get_in_touch_is_blotted_out(contact: str):
    assert _shown(f"Call {contact} please") == "Call ••• please"


def test_several_of_them_go():
    assert _shown("082 123 4567 or a@b.org, or 0821234567") == "••• or •••, or •••"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A roof of 120 m2, two storeys, at noon.",
        "Between 8 and 12, for R 4500.",
        "Built in 1998, 3 rooms, 2 baths.",
        "One door, two windows",
        "Somebody is at home. Ring twice.",
    ],
)
def test_what_is_wanted_stays(text: str):
    assert _shown(text) == text
