"""Taking a ledger along as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from apps.core.models import AuditEntry
from apps.credits.models import CreditTransaction
from apps.credits.services import exports
from apps.credits.services.ledger import adjust_credits
from kernel.rates import Rate
from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

FILE = "... on CreditExport { filename rows content }"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
JANUARY = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """Ada's credits moved in January and in February."""
    for days in range(3):
        with time_machine.travel(NOON + timedelta(days=15 * days + 1), tick=False):
            text = '=HYPERLINK("http://x.example")' if days == 1 else "Because, \u201cwell\u201d"
            adjust_credits(provider_id=cast.ada_business.pk, credits=5, description=text)
    return cast


def test_a_file_has_the_rows_of_its_time(graphql: GraphQL, moved: Cast):
    answer = graphql.mutate("exportCreditTransactions", JANUARY, FILE, by=moved.ada)

    found = answer.data["exportCreditTransactions"]
    head, *rows = csv.reader(io.StringIO(found["content"]))
    assert (found["filename"], found["rows"]) == ("credits-20260101-20260201.csv", 2)
    assert head[:5] == ["number", "time", "type", "amount", "balance_after"]
    assert rows[0] == [
        *("1", "2026-01-02T12:00:00+00:00", "ADJUSTMENT", "5", "5", ""),
        *("Because, \u201cwell\u201d", ""),
    ]


def test_no_cell_is_read_as_a_formula(graphql: GraphQL, moved: Cast):
    answer = graphql.mutate("exportCreditTransactions", JANUARY, FILE, by=moved.ada)

    _, _, row = csv.reader(io.StringIO(answer.data["exportCreditTransactions"]["content"]))
    assert row[6] == '\'=HYPERLINK("http://x.example")'


def test_that_it_was_taken_is_noted(graphql: GraphQL, moved: Cast):
    named = JANUARY | {"providerId": gid(moved.ada_business)}

    graphql.mutate("exportCreditTransactions", named, by=moved.dora)

    entry = AuditEntry.objects.get(action="EXPORT")
    assert (entry.actor, entry.object_id) == (moved.dora, moved.ada_business.pk)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_takes_what_is_not_theirs(graphql: GraphQL, moved: Cast, who: str, code: str):
    named, by = JANUARY | {"providerId": gid(moved.ada_business)}, getattr(moved, who)

    with nothing_changes():
        answer = graphql.mutate("exportCreditTransactions", named, by=by)

    assert answer.code == code


def test_a_time_that_ends_before_it_begins_is_refused(graphql: GraphQL, moved: Cast):
    backwards = {"since": JANUARY["until"], "until": JANUARY["since"]}

    with nothing_changes():
        answer = graphql.mutate("exportCreditTransactions", backwards, by=moved.ada)

    assert answer.code == "invalid_period"


def test_more_rows_than_a_file_holds_are_refused(graphql: GraphQL, cast: Cast, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    for _ in range(3):
        give_credits(cast.ada_business, 1)
    ever = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}

    with nothing_changes():
        answer = graphql.mutate("exportCreditTransactions", ever, by=cast.ada)

    assert answer.code == "statement_too_long"
    assert CreditTransaction.objects.count() == 3


def test_exports_have_a_rate(graphql: GraphQL, moved: Cast, settings):
    settings.RATES = settings.RATES | {"EXPORT": (Rate(1, 60), Rate(100, 60))}
    graphql.mutate("exportCreditTransactions", JANUARY, by=moved.ada)

    with nothing_changes():
        answer = graphql.mutate("exportCreditTransactions", JANUARY, by=moved.ada)

    assert answer.code == "rate_limited"
