"""Asking for a code by mail."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from apps.accounts.models import Challenge, User
from apps.core.events import MessageQueued
from apps.core.models import DailyCount
from kernel import clock
from kernel.rates import Rate
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import LanguageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.letters import letters_of, newest_code
from tests.support.races import race
from tests.support.unchanged import nothing_changes

PAYLOAD = "... on CodeSent { expiresIn resendIn } ... on OperationInfo { messages { retryAfter } }"


def _ask(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    return graphql.mutate("requestEmailVerification", given, PAYLOAD, by=by)


def test_a_code_is_mailed_to_the_account_s_address(graphql: GraphQL):
    eve = UserFactory(email="eve@example.org", name="Eve Ayo")

    with announced() as heard:
        answer = _ask(graphql, eve).data["requestEmailVerification"]

    (letter,) = letters_of("email_code")
    assert answer == {"__typename": "CodeSent", "expiresIn": 600, "resendIn": 60}
    assert (letter.recipient, letter.language, letter.user) == ("eve@example.org", "en", eve)
    assert "Eve Ayo" in letter.text
    assert heard == [MessageQueued(message_id=letter.pk)]


def test_the_code_is_not_in_the_tables(graphql: GraphQL):
    _ask(graphql, UserFactory())

    code = newest_code("email_code")
    stored = [*Challenge.objects.values().get().values(), letters_of("email_code")[0].subject]
    assert not any(code in str(value) for value in stored if not hasattr(value, "hex"))


def test_only_who_is_signed_in_asks(graphql: GraphQL):
    with nothing_changes():
        answer = _ask(graphql, None)

    assert answer.code == "not_signed_in"


@pytest.mark.parametrize("given", [{}, {"email": "eve@example.org"}, {"email": "EVE@example.org "}])
def test_an_address_that_is_verified_needs_no_code(graphql: GraphQL, given: dict[str, str]):
    eve = UserFactory(email="eve@example.org", is_email_verified=True)

    with nothing_changes():
        answer = _ask(graphql, eve, **given)

    assert answer.code == "already_verified"


def test_a_code_for_another_address_goes_there_and_the_account_stays_where_it_is(graphql: GraphQL):
    eve = UserFactory(email="eve@example.org", is_email_verified=True)

    answer = _ask(graphql, eve, email=" New@Example.org")

    assert answer.data["requestEmailVerification"]["__typename"] == "CodeSent"
    assert letters_of("email_code")[0].recipient == "new@example.org"
    assert User.objects.get().email == "eve@example.org"
    assert Challenge.objects.get().target == "new@example.org"


def test_another_address_needs_a_fresh_session(graphql: GraphQL, settings: Settings):
    eve = UserFactory(email="eve@example.org")
    settings.STEP_UP_SECONDS = 0

    moving = _ask(graphql, eve, email="new@example.org")
    staying = _ask(graphql, eve)

    assert moving.code == "step_up_required"
    assert staying.data["requestEmailVerification"]["__typename"] == "CodeSent"
    assert [letter.recipient for letter in letters_of("email_code")] == ["eve@example.org"]


@pytest.mark.parametrize("email", ["ben@example.org", " BEN@Example.org"])
def test_the_address_of_another_account_is_taken(graphql: GraphQL, email: str):
    UserFactory(email="ben@example.org")
    eve = UserFactory()

    with nothing_changes():
        answer = _ask(graphql, eve, email=email)

    assert answer.code == "email_taken"


@pytest.mark.parametrize("email", ["eve", "eve@", "a@b\n.org", "e" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(graphql: GraphQL, email: str):
    eve = UserFactory()

    with nothing_changes():
        answer = _ask(graphql, eve, email=email)

    messages = answer.data["requestEmailVerification"]["messages"]
    assert {message["field"] for message in messages} == {"email"}
    assert messages[0]["code"] in ("invalid", "max_length")


def test_the_next_code_can_be_asked_for_after_a_minute(graphql: GraphQL):
    eve, start = UserFactory(), clock.now()

    with time_machine.travel(start, tick=False):
        _ask(graphql, eve)
    with time_machine.travel(start + timedelta(seconds=59), tick=False), nothing_changes():
        soon = _ask(graphql, eve)
    with time_machine.travel(start + timedelta(seconds=60), tick=False):
        later = _ask(graphql, eve)

    assert (soon.code, soon.refusal["retryAfter"]) == ("resend_too_soon", 1)
    assert later.data["requestEmailVerification"]["__typename"] == "CodeSent"
    assert len(letters_of("email_code")) == 2


def test_the_pause_of_one_user_holds_up_no_other(graphql: GraphQL):
    _ask(graphql, UserFactory())

    answer = _ask(graphql, UserFactory())

    assert answer.data["requestEmailVerification"]["__typename"] == "CodeSent"


def test_an_address_gets_so_many_codes_a_day_whoever_asks(graphql: GraphQL, settings: Settings):
    settings.MAIL_CODES_PER_ADDRESS_AND_DAY = 2

    first, second, third = UserFactory(), UserFactory(), UserFactory()

    answers = [_ask(graphql, by, email="new@example.org") for by in (first, second)]
    with nothing_changes():
        past = _ask(graphql, third, email="NEW@example.org")
    other = _ask(graphql, UserFactory(), email="other@example.org")

    sent = [a.data["requestEmailVerification"]["__typename"] for a in (*answers, other)]
    assert sent == ["CodeSent"] * 3
    assert past.code == "daily_limit_reached"
    assert not DailyCount.objects.filter(name__contains="example").exists()


def test_asking_is_limited(graphql: GraphQL, settings: Settings):
    settings.RATES = settings.RATES | {"CODE": (Rate(2, 600), Rate(100, 600))}
    eve = UserFactory()

    answers = [_ask(graphql, eve) for _ in range(3)]
    other = _ask(graphql, UserFactory())

    assert answers[0].data["requestEmailVerification"]["__typename"] == "CodeSent"
    assert [answer.code for answer in answers[1:]] == ["resend_too_soon", "rate_limited"]
    assert answers[2].refusal["retryAfter"] > 200
    assert other.data["requestEmailVerification"]["__typename"] == "CodeSent"


def test_the_mail_is_in_the_language_that_the_user_prefers(graphql: GraphQL):
    french = UserProfileFactory(preferred_language=LanguageFactory(code="fr")).user

    _ask(graphql, french)

    assert letters_of("email_code")[0].language == "fr"


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_sends_a_code():
    eve = UserFactory()

    answers = race(*[partial(_ask, GraphQL(), eve)] * 4)

    kinds = Counter(a.data["requestEmailVerification"]["__typename"] for a in answers)
    assert kinds == Counter(CodeSent=1, OperationInfo=3)
    assert len(letters_of("email_code")) == 1
    assert Challenge.objects.filter(used_at=None).count() == 1


def test_a_user_gets_so_many_codes_a_day_whatever_the_address(graphql: GraphQL, settings: Settings):
    settings.MAIL_CODES_PER_ADDRESS_AND_DAY, settings.CODE_RESEND_SECONDS = 2, 0
    eve = UserFactory()

    answers = [_ask(graphql, eve, email=f"new{n}@example.org") for n in range(3)]
    other = _ask(graphql, UserFactory(), email="new2@example.org")

    sent = [a.data["requestEmailVerification"]["__typename"] for a in (*answers[:2], other)]
    assert sent == ["CodeSent"] * 3
    assert answers[2].code == "daily_limit_reached"
