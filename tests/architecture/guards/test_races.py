"""What is sent at once by threads with transactions of their own, of every mutation."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests.architecture.guards.calls import (
    VERSIONED,
    WAYS,
    keyed_input,
    token_of,
    versioned_call,
)
from tests.architecture.guards.effects import made_by, said
from tests.architecture.isolation.asking import Reply, asked
from tests.architecture.isolation.calling import valid_for
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import call, input_of, taken_back
from tests.support.races import race

AT_ONCE = 2
#: What it commits takes something from the people that others need.
LAST = "createProviderProfile"


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world that all connections see."""
    return World()


def test_of_those_who_read_the_same_version_one_changes_it(committed: World, settings: Settings):
    outcomes = {}
    for name in VERSIONED:
        settings.RATE_PREFIX = f"rate-{uuid4().hex}"
        outcomes[name] = [sorted(answer.codes) for answer in at_one_version(committed, name)]

    one_wins = [[], *[["version_conflict"]] * (AT_ONCE - 1)]
    assert {name: codes for name, codes in outcomes.items() if sorted(codes) != one_wins} == {}


def test_calls_under_one_key_have_the_effect_and_the_answer_of_one(
    committed: World, settings: Settings
):
    wrong = {}
    for number, (name, way) in enumerate(sorted(WAYS, key=lambda way: way[0] == LAST)):
        settings.RATE_PREFIX = f"rate-{uuid4().hex}"
        if found := faults(committed, name, way, f"k-{number}"):
            wrong[name, way] = found

    assert wrong == {}


def faults(world: World, name: str, way: int, key: str) -> list[Any]:
    """What differs between one call and several at once under one key."""
    valid = valid_for(name)[way]
    given = keyed_input(world, valid, key)
    ask = partial(asked, *call(name, given, token_of(world, valid)))
    with taken_back():
        expected = made_by(ask)
    answers: list[Any] = []
    made = made_by(lambda: answers.extend(race(*[ask] * AT_ONCE)))
    broken = [answer for answer in answers if isinstance(answer, Exception) or answer.codes]
    told = {said(answer) for answer in answers if answer not in broken}
    differing = {label: made.get(label, 0) - expected.get(label, 0) for label in made | expected}
    return [
        *broken,
        *(sorted(told) if len(told) > 1 else ()),
        *((label, more) for label, more in differing.items() if more),
    ]


def at_one_version(world: World, name: str) -> list[Reply]:
    """The answers to several who change an object at once, each in its version of now."""
    valid = valid_for(name)[0]
    given, token = input_of(world, world.side, valid), token_of(world, valid)
    (refusal,) = asked(*versioned_call(name, given, 0, token)).body["data"].values()
    changing = versioned_call(name, given, refusal["current"]["version"], token)
    return race(*[partial(asked, *changing)] * AT_ONCE)
