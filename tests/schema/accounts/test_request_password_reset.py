"""Asking for a link by which a password is set anew."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.accounts.events import PasswordResetRequested
from apps.accounts.models import Challenge, User
from apps.core.models import EventRecord
from apps.core.services.event_log import deliver_due
from kernel.rates import Rate
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import LanguageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.letters import letters_of, newest_token

#: Addresses with and without an open account.
KINDS = ("open", "unknown", "blocked", "deleted", "passwordless", "malformed")


@pytest.fixture
def addresses(db: None) -> dict[str, str]:
    """An address of each kind."""
    UserFactory(email="open@example.org", password="something")
    UserFactory(email="blocked@example.org", blocked=True)
    UserFactory(email="deleted@example.org").soft_delete()
    UserFactory(email="passwordless@example.org", password="!")
    return {kind: f"{kind}@example.org" for kind in KINDS} | {"malformed": "no address"}


def _ask(graphql: GraphQL, email: str, by: User | None = None) -> Answer:
    return graphql.mutate("requestPasswordReset", {"email": email}, "... on Done { ok }", by=by)


def _shapes(statements: list[dict[str, str]]) -> list[str]:
    """Statements without their values, and without the numbers of savepoints."""
    values = r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b|NULL"
    return [re.sub(values, "?", each["sql"]) for each in statements]


def test_a_link_is_mailed_after_the_answer(graphql: GraphQL):
    eve = UserFactory(email="eve@example.org", name="Eve Ayo")
    UserFactory()

    answer = _ask(graphql, " EVE@example.org ")
    before = letters_of("password_reset")
    deliver_due()

    (letter,) = letters_of("password_reset")
    assert answer.data["requestPasswordReset"] == {"__typename": "Done", "ok": True}
    assert before == []
    assert (letter.recipient, letter.user) == ("eve@example.org", eve)
    assert "Eve Ayo" in letter.text
    assert len(newest_token()) == 43


def test_the_token_is_not_in_the_tables(graphql: GraphQL):
    eve = UserFactory()
    _ask(graphql, eve.email)
    deliver_due()

    token = newest_token()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM accounts_challenge c")
        (challenge,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(to_jsonb(e)::text, ' ') FROM core_eventrecord e")
        (log,) = cursor.fetchone()
    assert token not in challenge + log
    assert eve.email not in challenge + log


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_gets_the_same_answer(graphql: GraphQL, addresses: dict[str, str], kind: str):
    known = _ask(graphql, addresses["open"])

    answer = _ask(graphql, addresses[kind])

    assert answer == known


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_takes_the_same_statements_before_the_answer(
    graphql: GraphQL, addresses: dict[str, str], kind: str
):
    with CaptureQueriesContext(connection) as known:
        _ask(graphql, addresses["open"])
    with CaptureQueriesContext(connection) as asked:
        _ask(graphql, addresses[kind])

    assert len(known.captured_queries) > 3
    assert _shapes(asked.captured_queries) == _shapes(known.captured_queries)


@pytest.mark.parametrize("kind", ["unknown", "blocked", "deleted", "malformed"])
def test_nobody_is_written_to_where_there_is_no_open_account(
    graphql: GraphQL, addresses: dict[str, str], kind: str
):
    with announced() as heard:
        _ask(graphql, addresses[kind])
    deliver_due()

    assert heard == [PasswordResetRequested(user_id=None, language="en")]
    assert letters_of("password_reset") == []
    assert not Challenge.objects.exists()


def test_an_account_without_a_password_gets_a_link_too(graphql: GraphQL, addresses: dict[str, str]):
    _ask(graphql, addresses["passwordless"])
    deliver_due()

    assert letters_of("password_reset")[0].recipient == addresses["passwordless"]


def test_an_account_that_is_blocked_before_the_mail_gets_none(graphql: GraphQL):
    eve = UserFactory()
    _ask(graphql, eve.email)
    User.objects.filter(pk=eve.pk).update(blocked=True)

    deliver_due()

    assert letters_of("password_reset") == []


def test_the_mail_is_in_the_language_that_the_client_asks_for_or_the_user_prefers(
    graphql: GraphQL,
):
    graphql.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de, ru;q=0.8, en;q=0.5"
    french = UserProfileFactory(preferred_language=LanguageFactory(code="fr")).user

    _ask(graphql, UserFactory().email)
    _ask(graphql, french.email)
    deliver_due()

    assert sorted(letter.language for letter in letters_of("password_reset")) == ["fr", "ru"]


def test_the_log_says_nothing_to_anybody_s_stream(graphql: GraphQL):
    _ask(graphql, UserFactory().email)

    assert EventRecord.objects.get(type="PasswordResetRequested").topics == []


def test_asking_is_limited_by_the_address_asked_for_whoever_has_it(
    graphql: GraphQL, addresses: dict[str, str], settings: Settings
):
    settings.RATES = settings.RATES | {"RESET": (Rate(2, 600), Rate(100, 600))}

    known, unknown = (
        [_ask(graphql, addresses[kind]) for _ in range(3)] for kind in ("open", "unknown")
    )

    assert known[0] == known[1] == unknown[0] == unknown[1]
    assert known[2].code == unknown[2].code == "rate_limited"


def test_asking_is_limited_by_the_caller_s_address(graphql: GraphQL, settings: Settings):
    settings.RATES = settings.RATES | {"RESET": (Rate(100, 600), Rate(3, 600))}

    answers = [_ask(graphql, f"{number}@example.org") for number in range(4)]

    assert [answer.body["data"]["requestPasswordReset"]["__typename"] for answer in answers] == [
        *["Done"] * 3,
        "OperationInfo",
    ]
    assert answers[3].code == "rate_limited"


def test_a_delivery_that_is_repeated_mails_one_link(graphql: GraphQL):
    _ask(graphql, UserFactory().email)

    deliver_due()
    deliver_due()

    assert len(letters_of("password_reset")) == 1
