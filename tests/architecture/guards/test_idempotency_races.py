"""Every mutation that takes an idempotency key has one effect when it is sent twice at once."""

from functools import partial
from typing import Any
from uuid import uuid4

from pytest_django import Settings

from tests.architecture.guards.calls import WAYS, keyed_input, token_of
from tests.architecture.guards.effects import made_by, said
from tests.architecture.isolation.asking import asked
from tests.architecture.isolation.calling import valid_for
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import call, taken_back
from tests.support.races import race

AT_ONCE = 3
#: What it commits takes something from the people that others need.
LAST = "createProviderProfile"


def test_what_is_sent_at_once_has_the_effect_and_the_answer_of_one(
    transactional_db: None, settings: Settings
):
    world = World()

    wrong = {}
    for number, (name, way) in enumerate(sorted(WAYS, key=lambda way: way[0] == LAST)):
        settings.RATE_PREFIX = f"rate-{uuid4().hex}"
        if found := faults(world, name, way, f"k-{number}"):
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
