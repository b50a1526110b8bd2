"""Secrets that are shown once."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from apps.accounts import errors
from apps.accounts.models import Challenge, User
from apps.accounts.services import challenges
from kernel import clock
from tests.factories.accounts import UserFactory

EMAIL, RESET = Challenge.Kind.EMAIL, Challenge.Kind.PASSWORD_RESET
OLD_KEY = f"old:{'A' * 43}="
NEW_KEY = f"new:{'B' * 42}A="


@pytest.fixture
def eve(db: None) -> User:
    """A user."""
    return UserFactory()


def _code(user: User) -> str:
    return challenges.issue_code(user=user, kind=EMAIL, target="eve@example.org")


def test_a_code_has_six_digits_also_when_they_begin_with_a_nought(eve: User):
    codes = [_code(eve) for _ in range(60)]

    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 50


def test_a_digest_counts_for_no_other_challenge(eve: User):
    code = _code(eve)
    other = UserFactory()
    _code(other)
    Challenge.objects.filter(user=other).update(
        secret_hash=Challenge.objects.get(user=eve).secret_hash
    )

    with pytest.raises(errors.InvalidCode):
        challenges.challenge_of_code(user=other, kind=EMAIL, code=code)


def test_the_digests_cannot_be_made_without_the_key(eve: User):
    code, token = _code(eve), challenges.issue_token(user=eve, kind=RESET, seconds=60)

    stored = set(Challenge.objects.values_list("secret_hash", flat=True))
    keys = [f"{pk}.{code}" for pk in Challenge.objects.values_list("pk", flat=True)]
    plain = {hashlib.sha256(text.encode()).hexdigest() for text in (code, token, *keys)}
    assert len(stored) == 2
    assert not stored & plain


def test_codes_and_tokens_outlive_a_new_key_and_not_the_loss_of_theirs(
    eve: User, settings: Settings
):
    settings.ENCRYPTION_KEYS = [OLD_KEY]
    code, token = _code(eve), challenges.issue_token(user=eve, kind=RESET, seconds=60)

    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    known = challenges.challenge_of_code(user=eve, kind=EMAIL, code=code)
    found = challenges.challenge_of_token(kind=RESET, token=token)
    settings.ENCRYPTION_KEYS = [NEW_KEY]

    assert (known.user, found and found.user) == (eve, eve)
    assert challenges.challenge_of_token(kind=RESET, token=token) is None
    with pytest.raises(errors.InvalidCode):
        challenges.challenge_of_code(user=eve, kind=EMAIL, code=code)


@pytest.mark.django_db(transaction=True)
def test_a_code_is_not_tried_within_a_transaction_that_could_forget_the_try():
    eve = UserFactory()
    code = _code(eve)

    with challenges.transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        challenges.challenge_of_code(user=eve, kind=EMAIL, code=code)

    assert Challenge.objects.get().attempts == 0


def test_a_challenge_is_redeemed_once(eve: User):
    _code(eve)
    challenge = Challenge.objects.get()

    assert [challenges.redeem(challenge=challenge) for _ in range(2)] == [True, False]


def test_what_expired_more_than_a_day_ago_is_forgotten(eve: User):
    with time_machine.travel(clock.now() - timedelta(days=1, seconds=601), tick=False):
        _code(eve)
    with time_machine.travel(clock.now() - timedelta(days=1, seconds=590), tick=False):
        kept = challenges.issue_token(user=UserFactory(), kind=RESET, seconds=600)

    gone = challenges.forget_expired()

    assert (gone, Challenge.objects.count()) == (1, 1)
    assert kept
