"""Values of settings: read as their type, held to their rule."""

from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from django.db import connection

from apps.core import errors
from apps.core.values import Rule, Type, matches, parse
from kernel.viewer import SYSTEM, acting_as

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Type.STRING, "", ""),
        (Type.STRING, " true ", " true "),
        (Type.INTEGER, "-007", -7),
        (Type.INTEGER, "9" * 14, 10**14 - 1),
        (Type.DECIMAL, "0.000001", Decimal("0.000001")),
        (Type.DECIMAL, "-12", Decimal(-12)),
        (Type.BOOLEAN, "true", True),
        (Type.BOOLEAN, "false", False),
        (Type.JSON, "null", None),
        (Type.JSON, '{"a": [1, "b", true]}', {"a": [1, "b", True]}),
    ],
)
def test_a_text_is_read_as_its_type(kind: str, text: str, value: Any):
    assert parse(kind, text) == value
    assert type(parse(kind, text)) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((Type.INTEGER, text) for text in ("", " 1", "1 ", "1.0", "1e3", "+1", "--1", "٣", "1\n")),
        (Type.INTEGER, "9" * 15),
        *((Type.DECIMAL, text) for text in ("", ".5", "1.", "1,5", "1e3", "NaN", "Infinity")),
        (Type.DECIMAL, "1.0000001"),
        *((Type.BOOLEAN, text) for text in ("", "True", "1", "yes", "null")),
        *((Type.JSON, text) for text in ("", "{", "{'a': 1}", "NaN", "-Infinity", "[1,]", "1 2")),
        (Type.JSON, "[" * 100_000),
        (Type.JSON, "9" * 5000),
    ],
    ids=lambda given: str(given)[:12],
)
def test_what_is_no_value_of_the_type_is_refused(kind: str, text: str):
    with pytest.raises(errors.InvalidType):
        parse(kind, text)


@pytest.mark.parametrize(
    ("rule", "within", "outside"),
    [
        (Rule(Type.INTEGER, 2, 4), ["2", "4"], ["1", "5"]),
        (Rule(Type.INTEGER, least=2), ["99"], ["-3"]),
        (Rule(Type.DECIMAL, Decimal("0.5"), Decimal("0.7")), ["0.50", "0.7"], ["0.49", "0.700001"]),
        (Rule(Type.STRING, 2, 3), ["ab", "äöü"], ["a", "abcd"]),
    ],
)
def test_numbers_and_lengths_lie_within_their_range(
    rule: Rule, within: list[str], outside: list[str]
):
    for text in within:
        rule.check(text)
    for text in outside:
        with pytest.raises(errors.OutOfRange):
            rule.check(text)


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("[a-z]+", ["abc"], ["", "abc1", "1abc", "ABC", "abc\n", "abc\nx"]),
        ("a|bc", ["a", "bc"], ["ac", "abc", "ab"]),
        (r"\d{3}", ["123"], ["1234", "12"]),
        ("a*?", ["", "aaa"], ["b"]),
        ("50%|%s", ["50%", "%s"], ["50"]),
        ("^x$", ["x"], ["xx"]),
    ],
)
def test_a_value_matches_its_expression_in_full(pattern: str, fits: list[str], fits_not: list[str]):
    assert [matches(text, pattern) for text in fits] == [True] * len(fits)
    assert [matches(text, pattern) for text in fits_not] == [False] * len(fits_not)


@pytest.mark.parametrize(
    "rule",
    [
        *(Rule(Type.STRING, pattern=text) for text in ("[", "(", ")", "a)|(b", "*", "a{2", "\\")),
        Rule(Type.STRING, pattern="(((((x{255}){255}){255}){255}){255})"),
        Rule(Type.INTEGER, 3, 2),
        Rule(Type.STRING, 3, 2),
        Rule(Type.BOOLEAN, least=0),
        Rule(Type.JSON, most=9),
    ],
    ids=str,
)
def test_a_rule_that_makes_no_sense_is_refused_before_any_value(rule: Rule):
    with pytest.raises(errors.InvalidRule):
        rule.check("x")


#: No text of an odd length matches, and PostgreSQL tries all ways to part it before it says so.
SLOW, ODD = r"(a+)(a+)(a+)(a+)(a+)\1\2\3\4\5", "a" * 999


def test_an_expression_that_takes_too_long_is_stopped_and_refused():
    began = monotonic()

    with acting_as(SYSTEM), pytest.raises(errors.InvalidRule, match="takes too long"):
        Rule(Type.STRING, pattern=SLOW).check(ODD)

    assert monotonic() - began < 5


def test_what_takes_too_long_leaves_the_transaction_as_it_was():
    with acting_as(SYSTEM, statement_timeout="7s"):
        with pytest.raises(errors.InvalidRule):
            matches(ODD, SLOW)
        with pytest.raises(errors.InvalidRule):
            matches("a", "[")
        matched = matches("a", "a")
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            timeout = cursor.fetchone()

    assert (matched, timeout) == (True, ("7s",))
