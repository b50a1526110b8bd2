"""Names of releases, and how they rank."""

from itertools import pairwise

import pytest

from apps.core.errors import InvalidVersion
from apps.core.versions import parse_version

#: Each newer than the one before; from 1.0.0-alpha to 1.0.0 as Semantic Versioning 2.0 has it.
RISING = (
    *("0.9", "0.10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta"),
    *("1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0.1", "1.9", "1.10-1"),
    *("1.10-x", "1.10", "2", "10.0", "10.0.1-2", "10.0.1-10", "10.0.1-A", "10.0.1-a"),
)


@pytest.mark.parametrize(("older", "newer"), [*pairwise(RISING)])
def test_versions_rank_by_their_numbers_and_labels(older: str, newer: str):
    assert parse_version(older) < parse_version(newer)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "1.0.0.0"), ("2.4", "2.4.0"), ("2.4.1+241", "2.4.1+242"), ("1.0-rc.1", "1.0.0-rc.1+x")],
)
def test_what_is_missing_is_zero_and_builds_say_nothing(one: str, other: str):
    assert parse_version(one) == parse_version(other)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "v1.2", "1.", ".1", "1..2", "1.2.x", "1,2", "-1", "1.2.3.4.5", "01.2", "1.02"),
        *("1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3+", "1.2.3-a_b", "1.2.3\n", "1.2 ", "\u0661.2"),
        *("1.9999999999", "1." + "0" * 70, "1.0-" + "a" * 62, "1.0.0-a+b+c"),
    ],
)
def test_what_is_no_version_is_refused(name: str):
    with pytest.raises(InvalidVersion):
        parse_version(name)
