"""Ways to get in touch are found in what people write, however they are spelled, and little else
is: by Python and by PostgreSQL alike.
"""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import TextField, Value

from kernel.contacts import PATTERNS, names_contact, without_contacts

pytestmark = pytest.mark.django_db

CONTACTS = [
    "0821234567",
    "082 123 4567",
    "082 123 45 67",
    "082-123-4567",
    "(082) 123 4567",
    "082.123.4567",
    "0.8.2.1.2.3.4.5",
    "082/1234567",
    "082\u2013123\u20134567",
    "+27 82 123 4567",
    "+27 (82) 123-4567",
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
    "ben@pipes.example",
    "бен@пример.рф",
    "www.example.org/ben",
    "www.pipes",
    "https://example.org/?a=b",
    "HTTP://x",
    "wa.me/27821234567",
    "t.me/ada",
    "pipes.com",
    "PIPES.CO.ZA",
    "shop.pipes.co.ke/contact",
]
OTHERS = [
    "",
    "A roof of 120 m2, two storeys, at noon.",
    "Between 8 and 12, for R 4500.",
    "Built in 1998, 3 rooms, 2 baths.",
    "One door, two windows",
    "Somebody is at home. Ring twice.",
    "Be there at 10.30",
    "Good work.So nice.",
    "Paid 1200 rand for 3 hours on 2026-05",
    "Came at 8:30, left at 17:45.",
    "Five stars, 10/10!",
    "Fixed the tap, the sink etc. Thanks!",
]


def _shown(text: str) -> str:
    said = without_contacts(Value(text, output_field=TextField()))
    return str(ContentType.objects.values_list(said, flat=True)[0])


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_way_to_get_in_touch_is_found_and_blotted_out(contact: str):
    text = f"Call {contact} please"

    assert names_contact("", text)
    assert _shown(text) == "Call ••• please"


@pytest.mark.parametrize("text", OTHERS)
def test_other_words_are_left_alone(text: str):
    assert not names_contact(text)
    assert _shown(text) == text


def test_several_of_them_go():
    assert _shown("082 123 4567 or a@b.org, or 0821234567") == "••• or •••, or •••"


@pytest.mark.parametrize("piece", ["a", "a.", "a-", "1 ", "one", "a at ", "a@", "@", "www", "za."])
def test_no_text_takes_long(piece: str):
    """Ten thousand characters, which would take minutes if the time grew with their square."""
    text = piece * (10_000 // len(piece))

    names_contact(text)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")
        for pattern in PATTERNS:
            cursor.execute("SELECT regexp_replace(%s, %s, '', 'gi')", [text, pattern])
