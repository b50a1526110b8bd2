"""Instants as clients give them: always of a zone, and within the calendar of every zone."""

from datetime import UTC, datetime

import pytest
from strawberry.exceptions import StrawberryInputCoercionError

from schema.base.scalars import SCALARS

PARSE = SCALARS[datetime].parse_value


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2030-05-06T12:00:00Z", datetime(2030, 5, 6, 12, tzinfo=UTC)),
        ("2030-05-06T14:00:00+02:00", datetime(2030, 5, 6, 12, tzinfo=UTC)),
        ("2030-05-06T12:00:00", datetime(2030, 5, 6, 12, tzinfo=UTC)),
        ("2030-05-06", datetime(2030, 5, 6, tzinfo=UTC)),
    ],
)
def test_an_instant_without_an_offset_is_in_utc(text: str, instant: datetime):
    assert PARSE is not None
    assert PARSE(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2030-13-01", "9999-12-31T12:00:00Z", "0001-01-01T00:00:00Z", 7, None],
)
def test_what_is_no_instant_everywhere_is_refused(text: object):
    assert PARSE is not None
    with pytest.raises(StrawberryInputCoercionError):
        PARSE(text)
