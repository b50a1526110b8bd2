"""Asking for a code by text message."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from pytest_django import Settings

from apps.accounts.models import Challenge, User
from apps.accounts.services.verification_codes import verify_phone
from apps.core.events import MessageQueued
from apps.core.models import DailyCount
from kernel import clock
from kernel.rates import Rate
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.letters import letters_of, newest_code
from tests.support.races import race
from tests.support.unchanged import nothing_changes

NUMBER = "+27821234567"
PAYLOAD = "... on CodeSent { expiresIn resendIn } ... on OperationInfo { messages { retryAfter } }"


@pytest.fixture
def eve(db: None) -> User:
    """A user with a profile."""
    return UserProfileFactory().user


def _ask(graphql: GraphQL, by: User | None, number: str = NUMBER) -> Answer:
    return graphql.mutate("requestPhoneVerification", {"phoneNumber": number}, PAYLOAD, by=by)


@pytest.mark.parametrize(
    "written",
    [
        *("082 123 4567", "(082) 123-4567", "0821234567"),
        *("+27 82 123 4567", "0027821234567", " +27-82-123-4567 "),
    ],
)
def test_a_code_is_texted_to_the_number_however_it_is_written(
    graphql: GraphQL, eve: User, written: str
):
    with announced() as heard:
        answer = _ask(graphql, eve, written).data["requestPhoneVerification"]

    (text,) = letters_of("phone_code")
    assert answer == {"__typename": "CodeSent", "expiresIn": 600, "resendIn": 60}
    assert (text.channel, text.recipient, text.user) == ("SMS", NUMBER, eve)
    assert Challenge.objects.get().target == NUMBER
    assert heard == [MessageQueued(message_id=text.pk)]


def test_a_number_of_another_country_is_taken_with_its_code(
    graphql: GraphQL, eve: User, settings: Settings
):
    settings.PHONE_REGION = "KE"

    _ask(graphql, eve, "0712 123456")

    assert letters_of("phone_code")[0].recipient == "+254712123456"


@pytest.mark.parametrize(
    "number",
    [
        *("", "phone", "12", "112", "+", "+999123456789", "082 12", "082 123 45678"),
        *("021 123 4567", "0860 123 456", "0800 123 456", "082 123 4567 ext. 12"),
        *("tel:+27821234567;ext=9", "+27" + "8" * 300, "\0"),
    ],
)
def test_what_is_no_mobile_phone_s_number_is_refused(graphql: GraphQL, eve: User, number: str):
    with nothing_changes():
        answer = _ask(graphql, eve, number)

    assert (answer.code, answer.refusal["field"]) == ("invalid_phone_number", "phoneNumber")


def test_only_who_is_signed_in_asks(graphql: GraphQL):
    with nothing_changes():
        answer = _ask(graphql, None)

    assert answer.code == "not_signed_in"


def test_who_has_no_profile_has_no_number(graphql: GraphQL):
    eve = UserFactory()

    with nothing_changes():
        answer = _ask(graphql, eve)

    assert answer.code == "not_found"


def test_a_number_that_is_verified_needs_no_code_but_another_one_does(graphql: GraphQL):
    eve = UserProfileFactory(phone_number=NUMBER, is_phone_verified=True).user

    with nothing_changes():
        same = _ask(graphql, eve, "082 123 4567")
    other = _ask(graphql, eve, "082 123 4568")

    assert same.code == "already_verified"
    assert other.data["requestPhoneVerification"]["__typename"] == "CodeSent"


def test_the_next_code_can_be_asked_for_after_a_minute_also_for_another_number(
    graphql: GraphQL, eve: User
):
    start = clock.now()

    with time_machine.travel(start, tick=False):
        _ask(graphql, eve)
    with time_machine.travel(start + timedelta(seconds=59), tick=False), nothing_changes():
        soon = _ask(graphql, eve, "082 123 4568")
    with time_machine.travel(start + timedelta(seconds=60), tick=False):
        later = _ask(graphql, eve, "082 123 4568")

    assert (soon.code, soon.refusal["retryAfter"]) == ("resend_too_soon", 1)
    assert later.data["requestPhoneVerification"]["__typename"] == "CodeSent"


def test_a_number_gets_so_many_codes_a_day_whoever_asks(graphql: GraphQL, settings: Settings):
    settings.SMS_PER_NUMBER_AND_DAY = 2
    first, second, third = (UserProfileFactory().user for _ in range(3))

    answers = [_ask(graphql, first), _ask(graphql, second, "082 123 4567")]
    with nothing_changes():
        past = _ask(graphql, third)
    other = _ask(graphql, third, "082 123 4568")

    sent = [a.data["requestPhoneVerification"]["__typename"] for a in (*answers, other)]
    assert sent == ["CodeSent"] * 3
    assert past.code == "daily_limit_reached"
    assert not DailyCount.objects.filter(name__contains="8212345").exists()


def test_the_next_day_the_number_gets_codes_again(graphql: GraphQL, eve: User, settings: Settings):
    settings.SMS_PER_NUMBER_AND_DAY = 1
    _ask(graphql, eve)

    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        answer = _ask(graphql, eve)

    assert answer.data["requestPhoneVerification"]["__typename"] == "CodeSent"


def test_so_many_messages_go_out_a_day_whatever_the_number(graphql: GraphQL, settings: Settings):
    settings.SMS_PER_DAY = 2
    numbers = ("082 123 4561", "082 123 4562", "082 123 4563")

    answers = [_ask(graphql, UserProfileFactory().user, number) for number in numbers]

    kinds = [answer.data["requestPhoneVerification"]["__typename"] for answer in answers]
    assert kinds == ["CodeSent", "CodeSent", "OperationInfo"]
    assert answers[2].code == "daily_limit_reached"
    assert len(letters_of("phone_code")) == 2


def test_asking_is_limited(graphql: GraphQL, eve: User, settings: Settings):
    settings.RATES = settings.RATES | {"CODE": (Rate(2, 600), Rate(100, 600))}

    answers = [_ask(graphql, eve) for _ in range(3)]

    assert answers[0].data["requestPhoneVerification"]["__typename"] == "CodeSent"
    assert [answer.code for answer in answers[1:]] == ["resend_too_soon", "rate_limited"]


def test_a_code_for_the_address_does_not_delay_one_for_the_number(graphql: GraphQL, eve: User):
    graphql.mutate("requestEmailVerification", {}, by=eve)

    answer = _ask(graphql, eve)

    assert answer.data["requestPhoneVerification"]["__typename"] == "CodeSent"


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_sends_a_code(settings: Settings):
    eve = UserProfileFactory().user

    answers = race(*[partial(_ask, GraphQL(), eve)] * 4)

    kinds = Counter(a.data["requestPhoneVerification"]["__typename"] for a in answers)
    assert kinds == Counter(CodeSent=1, OperationInfo=3)
    assert len(letters_of("phone_code")) == 1


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_number_holds_at_once_too(settings: Settings):
    settings.SMS_PER_NUMBER_AND_DAY = 2
    users = [UserProfileFactory().user for _ in range(6)]

    answers = race(*(partial(_ask, GraphQL(), user) for user in users))

    kinds = Counter(a.data["requestPhoneVerification"]["__typename"] for a in answers)
    assert kinds == Counter(CodeSent=2, OperationInfo=4)
    assert len(letters_of("phone_code")) == 2


def test_the_code_that_was_texted_is_the_one_that_counts(graphql: GraphQL, eve: User):
    _ask(graphql, eve)

    profile = verify_phone(viewer=Viewer(user=eve), code=newest_code("phone_code"))

    assert profile.is_phone_verified


def test_a_user_gets_so_many_codes_a_day_whatever_the_number(
    graphql: GraphQL, eve: User, settings: Settings
):
    settings.SMS_PER_NUMBER_AND_DAY, settings.CODE_RESEND_SECONDS = 2, 0

    answers = [_ask(graphql, eve, f"082 123 456{n}") for n in range(3)]
    other = _ask(graphql, UserProfileFactory().user, "082 123 4562")

    sent = [a.data["requestPhoneVerification"]["__typename"] for a in (*answers[:2], other)]
    assert sent == ["CodeSent"] * 3
    assert answers[2].code == "daily_limit_reached"
