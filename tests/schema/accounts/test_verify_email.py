"""Verifying an address by a code."""

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction

from apps.accounts.events import EmailVerified
from apps.accounts.models import Challenge, User
from apps.accounts.services import challenges
from apps.accounts.services.passwords import send_reset_link
from apps.accounts.services.verification_codes import request_email_verification
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.letters import letters_of, newest_code, newest_token
from tests.support.races import race
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until
from tests.support.unchanged import nothing_changes

PAYLOAD = "... on User { id email isEmailVerified }"


def _verify(graphql: GraphQL, by: User | None, code: str) -> Answer:
    return graphql.mutate("verifyEmail", {"code": code}, PAYLOAD, by=by)


def _waiting(moving_to: str | None = None, **fields: Any) -> tuple[User, str]:
    """A user who asked for a code, and the code."""
    user = UserFactory(**fields)
    request_email_verification(user=user, email=moving_to)
    return user, newest_code("email_code")


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_verifies_the_address(graphql: GraphQL):
    eve, code = _waiting(email="eve@example.org")
    noise, _ = _waiting()

    with announced() as heard:
        answer = _verify(graphql, eve, code).data["verifyEmail"]

    assert answer == {
        "__typename": "User",
        "id": gid(eve),
        "email": "eve@example.org",
        "isEmailVerified": True,
    }
    assert EmailVerified(user_id=eve.pk) in heard
    noise.refresh_from_db()
    assert not noise.is_email_verified


def test_blanks_around_and_in_the_code_do_not_matter(graphql: GraphQL):
    eve, code = _waiting()

    answer = _verify(graphql, eve, f" {code[:3]} {code[3:]} ")

    assert answer.data["verifyEmail"]["isEmailVerified"] is True


def test_only_who_is_signed_in_verifies(graphql: GraphQL):
    _, code = _waiting()

    with nothing_changes():
        answer = _verify(graphql, None, code)

    assert answer.code == "not_signed_in"


def test_the_code_of_another_user_is_wrong(graphql: GraphQL):
    eve, code = _waiting()
    cleo, own = _waiting()
    assert code != own

    answer = _verify(graphql, cleo, code)

    assert answer.code == "invalid_code"
    assert not User.objects.filter(is_email_verified=True).exists()
    assert _verify(graphql, eve, code).data["verifyEmail"]["isEmailVerified"] is True


def test_who_asked_for_no_code_has_none(graphql: GraphQL):
    eve = UserFactory()

    with nothing_changes():
        answer = _verify(graphql, eve, "123456")

    assert (answer.code, answer.refusal["field"]) == ("invalid_code", "code")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 10_000])
def test_what_is_no_code_is_wrong(graphql: GraphQL, code: str):
    eve, _ = _waiting()

    assert _verify(graphql, eve, code).code == "invalid_code"
    assert Challenge.objects.get().attempts == 1


def test_four_wrong_codes_leave_the_right_one_good(graphql: GraphQL):
    eve, code = _waiting()

    wrong = [_verify(graphql, eve, _other_than(code)).code for _ in range(4)]

    assert wrong == ["invalid_code"] * 4
    assert _verify(graphql, eve, code).data["verifyEmail"]["isEmailVerified"] is True


def test_after_five_wrong_codes_the_right_one_is_void(graphql: GraphQL):
    eve, code = _waiting()

    wrong = [_verify(graphql, eve, _other_than(code)).code for _ in range(5)]
    with nothing_changes():
        right = _verify(graphql, eve, code)

    assert wrong == ["invalid_code"] * 5
    assert right.code == "too_many_attempts"
    assert Challenge.objects.get().attempts == 5


def test_the_code_is_good_for_ten_minutes(graphql: GraphQL):
    start = clock.now()
    with time_machine.travel(start, tick=False):
        (eve, first), (ben, second) = _waiting(), _waiting()

    with time_machine.travel(start + timedelta(seconds=599), tick=False):
        in_time = _verify(graphql, eve, first)
    with time_machine.travel(start + timedelta(seconds=600), tick=False), nothing_changes():
        late = _verify(graphql, ben, second)

    assert in_time.data["verifyEmail"]["isEmailVerified"] is True
    assert late.code == "code_expired"


def test_the_code_is_good_once(graphql: GraphQL):
    eve, code = _waiting()
    _verify(graphql, eve, code)

    with nothing_changes():
        again = _verify(graphql, eve, code)

    assert again.code == "invalid_code"


def test_a_new_code_makes_the_older_one_void(graphql: GraphQL):
    with time_machine.travel(clock.now() - timedelta(seconds=61), tick=False):
        eve, old = _waiting()
    request_email_verification(user=eve)
    new = newest_code("email_code")

    refused = _verify(graphql, eve, old)

    assert old != new
    assert refused.code == "invalid_code"
    assert _verify(graphql, eve, new).data["verifyEmail"]["isEmailVerified"] is True


def test_a_code_for_a_phone_number_verifies_no_address(graphql: GraphQL):
    eve = UserFactory()
    code = challenges.issue_code(user=eve, kind=Challenge.Kind.PHONE, target="+27821234567")

    assert _verify(graphql, eve, code).code == "invalid_code"


def test_the_account_moves_to_the_address_that_the_code_was_sent_to(graphql: GraphQL):
    eve, code = _waiting("new@example.org", email="eve@example.org", is_email_verified=True)

    answer = _verify(graphql, eve, code).data["verifyEmail"]

    (notice,) = letters_of("email_changed")
    assert (answer["email"], answer["isEmailVerified"]) == ("new@example.org", True)
    assert notice.recipient == "eve@example.org"
    assert "new@example.org" in notice.text
    assert User.objects.get().email == "new@example.org"


def test_a_link_that_was_mailed_to_the_old_address_is_void_after_the_move(graphql: GraphQL):
    eve, code = _waiting("new@example.org", email="eve@example.org")
    send_reset_link(user_id=eve.pk)
    _verify(graphql, eve, code)

    answer = graphql.mutate(
        "resetPassword", {"token": newest_token(), "newPassword": "drip-drop-42"}
    )

    assert answer.code == "invalid_reset_token"


def test_an_address_that_was_taken_meanwhile_is_refused(graphql: GraphQL):
    eve, code = _waiting("new@example.org", email="eve@example.org")
    UserFactory(email="new@example.org")

    answer = _verify(graphql, eve, code)

    eve.refresh_from_db()
    assert answer.code == "email_taken"
    assert (eve.email, eve.is_email_verified) == ("eve@example.org", False)
    assert not letters_of("email_changed")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_of_two_uses_at_once_one_wins(round: int):
    eve, code = _waiting()

    with announced() as heard:
        answers = race(*[partial(_verify, GraphQL(), eve, code)] * 2)

    kinds = Counter(answer.data["verifyEmail"]["__typename"] for answer in answers)
    assert kinds == Counter(User=1, OperationInfo=1)
    assert heard.count(EmailVerified(user_id=eve.pk)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_count():
    eve, code = _waiting()

    answers = race(*[partial(_verify, GraphQL(), eve, _other_than(code))] * 9)

    codes = Counter(answer.code for answer in answers)
    assert codes == Counter(invalid_code=5, too_many_attempts=4)
    assert Challenge.objects.get().attempts == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_move_to_one_address_at_once_one_does():
    waiting = [_waiting("new@example.org") for _ in range(2)]

    answers = race(*(partial(_verify, GraphQL(), user, code) for user, code in waiting))

    kinds = Counter(answer.data["verifyEmail"]["__typename"] for answer in answers)
    (lost,) = [a for a in answers if a.data["verifyEmail"]["__typename"] == "OperationInfo"]
    assert kinds == Counter(User=1, OperationInfo=1)
    assert lost.code == "email_taken"
    assert User.objects.filter(email="new@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_taken_at_the_same_moment_is_refused():
    eve, code = _waiting("new@example.org", email="eve@example.org")

    with ExitStack() as stack, transaction.atomic():
        UserFactory(email="new@example.org")
        verifying = in_background(partial(_verify, GraphQL(), eve, code))
        (answer,) = stack.enter_context(verifying)
        wait_until(somebody_waits_for_a_lock)

    assert answer.result().code == "email_taken"
