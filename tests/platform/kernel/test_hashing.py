"""Passwords are hashed by as many threads at once as there are cores."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from kernel import hashing
from kernel.errors import Overloaded
from kernel.hashing import BoundedArgon2PasswordHasher, a_core
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL

CORES = os.cpu_count() or 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits long for a core."""
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    yield


def test_what_was_hashed_is_known_again():
    hasher = BoundedArgon2PasswordHasher()

    encoded = hasher.encode("drip-drop-42", hasher.salt())

    assert encoded.startswith("argon2$argon2id$")
    assert (hasher.verify("drip-drop-42", encoded), hasher.verify("other", encoded)) == (
        True,
        False,
    )


def test_as_many_hash_at_once_as_there_are_cores():
    held, release = [Event() for _ in range(CORES + 1)], Event()

    def hold(event: Event) -> None:
        with a_core():
            event.set()
            release.wait(10)

    with ThreadPoolExecutor(CORES + 1) as pool:
        done = [pool.submit(hold, event) for event in held]
        while sum(event.is_set() for event in held) < CORES:
            pass
        one_too_many = [event for event in held if not event.is_set()]
        release.set()

    assert len(one_too_many) == 1
    assert [future.result() for future in done] == [None] * (CORES + 1)
    assert all(event.is_set() for event in held)


@pytest.mark.usefixtures("impatient")
def test_who_waits_too_long_is_turned_away():
    hasher = BoundedArgon2PasswordHasher()
    encoded = hasher.encode("x", hasher.salt())

    with ExitStack() as stack:
        for _ in range(CORES):
            stack.enter_context(a_core())
        with pytest.raises(Overloaded):
            hasher.verify("x", encoded)
        with pytest.raises(Overloaded):
            hasher.encode("x", hasher.salt())

    assert hasher.verify("x", encoded)


@pytest.mark.usefixtures("impatient")
def test_a_flood_of_sign_ins_is_answered_by_overloaded(graphql: GraphQL):
    UserFactory(email="eve@example.org")
    given = {"email": "eve@example.org", "password": "drip-drop-42"}

    with ExitStack() as stack:
        for _ in range(CORES):
            stack.enter_context(a_core())
        answer = graphql.mutate("signIn", given)

    assert (answer.code, answer.refusal["kind"]) == ("overloaded", "ERROR")
    assert answer.refusal["message"] == "The service is busy. Try again in a moment."
