"""Verifying a phone number by a code."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection

from apps.accounts.events import PhoneVerified
from apps.accounts.models import Challenge, User, UserProfile
from apps.accounts.services.verification_codes import (
    request_email_verification,
    request_phone_verification,
)
from kernel import clock
from tests.factories.accounts import UserProfileFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.letters import newest_code
from tests.support.races import race
from tests.support.unchanged import nothing_changes

NUMBER = "+27821234567"
PAYLOAD = "... on UserProfile { id phoneNumber isPhoneVerified }"


def _verify(graphql: GraphQL, by: User | None, code: str) -> Answer:
    return graphql.mutate("verifyPhone", {"code": code}, PAYLOAD, by=by)


def _waiting(**fields: Any) -> tuple[User, str]:
    """A user who asked for a code, and the code."""
    user = UserProfileFactory(**fields).user
    request_phone_verification(user=user, phone_number=NUMBER)
    return user, newest_code("phone_code")


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def _found(number: str) -> list[UserProfile]:
    """The profiles with a number, by its index."""
    index = UserProfile._meta.get_field("phone_number_index")
    return list(UserProfile.objects.filter(phone_number_index__in=index.digests(number)))


def test_the_code_verifies_the_number_and_makes_it_the_profile_s(graphql: GraphQL):
    eve, code = _waiting()
    _waiting()

    with announced() as heard:
        answer = _verify(graphql, eve, code).data["verifyPhone"]

    assert answer == {
        "__typename": "UserProfile",
        "id": gid(eve.profile),
        "phoneNumber": NUMBER,
        "isPhoneVerified": True,
    }
    assert heard == [PhoneVerified(user_id=eve.pk)]
    assert _found(NUMBER) == [eve.profile]


def test_another_number_takes_the_place_of_the_one_before(graphql: GraphQL):
    eve, code = _waiting(phone_number="+27829999999", is_phone_verified=True)

    _verify(graphql, eve, code)

    assert _found("+27829999999") == []
    assert _found(NUMBER) == [eve.profile]


def test_the_number_lies_encrypted(graphql: GraphQL):
    eve, code = _waiting()
    _verify(graphql, eve, code)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(p)::text FROM accounts_userprofile p")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT to_jsonb(c)::text FROM accounts_challenge c")
        (challenge,) = cursor.fetchone()

    assert "7821234567" not in row + challenge


def test_only_who_is_signed_in_verifies(graphql: GraphQL):
    _, code = _waiting()

    with nothing_changes():
        answer = _verify(graphql, None, code)

    assert answer.code == "not_signed_in"


def test_the_code_of_another_user_is_wrong(graphql: GraphQL):
    _, code = _waiting()
    cleo, own = _waiting()

    answer = _verify(graphql, cleo, code)

    assert code != own
    assert answer.code == "invalid_code"
    assert _found(NUMBER) == []


def test_a_code_for_an_address_verifies_no_number(graphql: GraphQL):
    eve = UserProfileFactory().user
    request_email_verification(user=eve)

    answer = _verify(graphql, eve, newest_code("email_code"))

    assert answer.code == "invalid_code"


def test_after_five_wrong_codes_the_right_one_is_void(graphql: GraphQL):
    eve, code = _waiting()

    wrong = [_verify(graphql, eve, _other_than(code)).code for _ in range(5)]
    with nothing_changes():
        right = _verify(graphql, eve, code)

    assert wrong == ["invalid_code"] * 5
    assert right.code == "too_many_attempts"


def test_the_code_is_good_for_ten_minutes(graphql: GraphQL):
    start = clock.now()
    with time_machine.travel(start, tick=False):
        (eve, first), (ben, second) = _waiting(), _waiting()

    with time_machine.travel(start + timedelta(seconds=599), tick=False):
        in_time = _verify(graphql, eve, first)
    with time_machine.travel(start + timedelta(seconds=600), tick=False), nothing_changes():
        late = _verify(graphql, ben, second)

    assert in_time.data["verifyPhone"]["isPhoneVerified"] is True
    assert late.code == "code_expired"


def test_the_code_is_good_once(graphql: GraphQL):
    eve, code = _waiting()
    _verify(graphql, eve, code)

    with nothing_changes():
        again = _verify(graphql, eve, code)

    assert again.code == "invalid_code"


def test_an_older_code_stays_void_after_the_newer_one_was_used(graphql: GraphQL):
    with time_machine.travel(clock.now() - timedelta(seconds=61), tick=False):
        eve, old = _waiting()
    request_phone_verification(user=eve, phone_number="+27829999999")
    _verify(graphql, eve, newest_code("phone_code"))

    answer = _verify(graphql, eve, old)

    assert answer.code == "invalid_code"
    assert _found("+27829999999") == [eve.profile]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_of_two_uses_at_once_one_wins(round: int):
    eve, code = _waiting()

    with announced() as heard:
        answers = race(*[partial(_verify, GraphQL(), eve, code)] * 2)

    kinds = Counter(answer.data["verifyPhone"]["__typename"] for answer in answers)
    assert kinds == Counter(UserProfile=1, OperationInfo=1)
    assert heard == [PhoneVerified(user_id=eve.pk)]


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_count():
    eve, code = _waiting()

    answers = race(*[partial(_verify, GraphQL(), eve, _other_than(code))] * 9)

    codes = Counter(answer.code for answer in answers)
    assert codes == Counter(invalid_code=5, too_many_attempts=4)
    assert Challenge.objects.get().attempts == 5
