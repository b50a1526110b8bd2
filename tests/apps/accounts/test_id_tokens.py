"""Reading Firebase's ID tokens: when Google's keys are fetched, and for how long they are held."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from pytest_django import Settings

from apps.accounts import errors, id_tokens
from kernel import clock
from tests.support.fakes.base import dropped, failing, slow
from tests.support.fakes.firebase import Firebase
from tests.support.races import race


@pytest.fixture
def google(firebase: Firebase, settings: Settings) -> Firebase:
    """Firebase, for whose project the server takes tokens; it knows none of its keys yet."""
    # The port may be one on which a fake of an earlier test had published its own.
    id_tokens._ring_of.cache_clear()
    settings.FIREBASE_PROJECT_ID = firebase.project
    settings.FIREBASE_KEYS_URL = firebase.url
    return firebase


def test_a_token_tells_who_it_is(google: Firebase):
    token = google.id_token(sub="u-1", email=" Ben@Example.com", name=" Ben Botha ")

    identity = id_tokens.read(token)

    assert identity == id_tokens.Identity(
        firebase_user_id="u-1", email="ben@example.com", is_email_verified=True, name="Ben Botha"
    )


def test_what_is_not_told_is_empty(google: Firebase):
    identity = id_tokens.read(google.id_token(email=None, email_verified=None, name=None))

    assert (identity.email, identity.is_email_verified, identity.name) == ("", False, "")


def test_the_keys_are_held_as_long_as_google_says(google: Firebase):
    google.max_age = 300
    start, token = clock.now(), google.id_token()

    with time_machine.travel(start, tick=False):
        id_tokens.read(token)
    with time_machine.travel(start + timedelta(seconds=299), tick=False):
        id_tokens.read(token)
        held = len(google.requests)
    with time_machine.travel(start + timedelta(seconds=300), tick=False):
        id_tokens.read(token)

    assert (held, len(google.requests)) == (1, 2)


def test_a_key_that_google_withdrew_counts_no_more(google: Firebase):
    google.max_age = 300
    token = google.id_token("old")
    id_tokens.read(token)
    google.retire()

    with (
        time_machine.travel(clock.now() + timedelta(seconds=301), tick=False),
        pytest.raises(errors.InvalidIdToken),
    ):
        id_tokens.read(token)


def test_an_unknown_key_is_asked_for_once_a_minute(google: Firebase):
    start, token = clock.now(), google.id_token("unpublished")

    for seconds in (0, 1, 59):
        with (
            time_machine.travel(start + timedelta(seconds=seconds), tick=False),
            pytest.raises(errors.InvalidIdToken),
        ):
            id_tokens.read(token)
    asked = len(google.requests)
    with (
        time_machine.travel(start + timedelta(seconds=60), tick=False),
        pytest.raises(errors.InvalidIdToken),
    ):
        id_tokens.read(token)

    assert (asked, len(google.requests)) == (1, 2)


def test_a_new_key_is_found_before_the_old_ones_expire(google: Firebase):
    start = clock.now()
    with time_machine.travel(start, tick=False):
        id_tokens.read(google.id_token())
    google.rotate()

    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        identity = id_tokens.read(google.id_token())

    assert identity.firebase_user_id == "firebase-user"
    assert len(google.requests) == 2


@pytest.mark.parametrize("seconds", [0, 59])
def test_keys_that_are_not_to_be_held_are_held_for_a_minute(google: Firebase, seconds: int):
    google.max_age = 0
    start, token = clock.now(), google.id_token()

    for later in (0, seconds):
        with time_machine.travel(start + timedelta(seconds=later), tick=False):
            id_tokens.read(token)

    assert len(google.requests) == 1


def test_keys_are_held_for_a_day_at_most(google: Firebase):
    google.max_age = 999_999_999
    token = google.id_token(exp=int(clock.now().timestamp()) + 200_000)
    id_tokens.read(token)

    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1), tick=False):
        id_tokens.read(token)

    assert len(google.requests) == 2


def test_many_at_once_fetch_the_keys_once(google: Firebase):
    google.then(slow(0.2))

    identities = race(*[partial(id_tokens.read, google.id_token())] * 8)

    assert {identity.firebase_user_id for identity in identities} == {"firebase-user"}
    assert len(google.requests) == 1


def test_one_answer_that_was_lost_is_asked_for_again(google: Firebase):
    google.then(dropped())

    identity = id_tokens.read(google.id_token())

    assert identity.firebase_user_id == "firebase-user"
    assert len(google.requests) == 2


def test_while_google_fails_those_who_wait_are_refused_at_once(google: Firebase):
    google.always(failing(500))

    outcomes = race(*[partial(id_tokens.read, google.id_token())] * 8)

    assert {type(outcome) for outcome in outcomes} == {errors.FirebaseUnavailable}
    assert len(google.requests) == 2
