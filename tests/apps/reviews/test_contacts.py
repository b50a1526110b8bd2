"""Ways to reach somebody are found in what people write, and little else is."""

import pytest

from apps.reviews.contacts import names_contact


@pytest.mark.parametrize(
    "text",
    [
        *("082 123 45 67", "+27 (82) 123-4567", "Tel.0821234567", "0.8.2.1.2.3.4.5"),
        *("ada@pipes.example", "ADA@PIPES.CO.ZA", "ada (at) pipes.example"),
        *("https://x.example", "HTTP://x", "www.pipes", "pipes.com", "see pipes.co.ke", "t.me/ada"),
    ],
)
def test_a_way_is_found(text: str):
    assert names_contact("", text)


@pytest.mark.parametrize(
    "text",
    [
        "Good work.So nice.",
        "Paid 1200 rand for 3 hours on 2026-05",
        "Came at 8:30, left at 17:45.",
        "Five stars, 10/10!",
        "Fixed the tap, the sink etc. Thanks!",
        "",
    ],
)
def test_other_words_are_left_alone(text: str):
    assert not names_contact(text)
