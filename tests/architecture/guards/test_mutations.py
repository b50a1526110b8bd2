"""Every mutation does once what it is asked for twice, and nothing by what was read too long ago.

A mutation that changes an object by more than a step takes its version: derive its input from
``Versioned``, or say below why not. One that answers an object which it made takes an idempotency
key, and so does one that makes rows each time that it is called: ``Keyed``, or say below why not.
"""

from collections.abc import Callable
from functools import cache

import pytest

from apps.accounts.services.sessions import start_session
from apps.core.models import IdempotencyRecord
from tests.architecture.guards.calls import (
    KEY,
    KEYED,
    UNKEYED,
    UNVERSIONED,
    VERSIONED,
    WAYS,
    keyed_input,
    token_of,
    versioned_call,
)
from tests.architecture.guards.changing import changed_inputs
from tests.architecture.guards.effects import Effect, effect, said
from tests.architecture.isolation.actors import STRANGER
from tests.architecture.isolation.asking import ask
from tests.architecture.isolation.calling import ME, Valid, valid_for
from tests.architecture.isolation.world import BOOKKEEPING, World
from tests.architecture.isolation.writing import ids_in, input_of, run, taken_back
from tests.factories.accounts import UserFactory
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

#: They make more rows each time that they are called, and take no key.
AGAIN = {"signIn": "a session is made of a password, and its tokens are shown once"}
#: They answer an object that they made, and take no key: a repeat answers the same one.
ONCE = {
    "registerDevice": "a device is there once by its token",
    "setHoursException": "a day has one exception",
}

#: They change what is the caller's own, which their input does not name.
OF_ONESELF = {"updateProfile", "updateProviderProfile", "setProviderAvailability"}
OF_ONESELF |= {"updateLeadPreference"}
#: They change an object by what they are given, and take no version.
STEP = "what state the object is in decides whether it can be done, and it is done once"
SWITCH = "sets what is said, whatever was there before"
PLACES = "puts several in an order, by all their ids"
WITHOUT_VERSION = {
    **dict.fromkeys(["cancelOrder", "completeOrder", "withdrawFromOrder", "resolveDispute"], STEP),
    **dict.fromkeys(["reviewVerification", "reviewProviderDocument"], STEP),
    **dict.fromkeys(["verifyEmail", "verifyPhone", "resendInvitation", "confirmLeadCode"], STEP),
    **dict.fromkeys(["blockUser", "featureOrder", "verifyProvider", "muteRoom"], SWITCH),
    "uploadPhoto": SWITCH,
    **dict.fromkeys(["sortServiceCategories", "sortServiceSubcategories"], PLACES),
}

each_way = pytest.mark.parametrize(
    ("name", "way"), [pytest.param(*way, id=f"{way[0]}-{way[1]}") for way in WAYS]
)


Effects = Callable[[str], Effect]


@pytest.fixture(scope="module")
def effects(world: World) -> Effects:
    """What each mutation does when it is called twice, tried once."""
    return cache(lambda name: effect(world, name))


@each_way
def test_a_repeat_answers_the_same_and_does_nothing(world: World, name: str, way: int):
    valid = valid_for(name)[way]

    with taken_back():
        given, token = keyed_input(world, valid), token_of(world, valid)
        first = run(name, given, token)
        with nothing_changes(but_looks=True):
            repeat = run(name, given, token)

    assert not first.codes, first.text
    assert said(repeat) == said(first)


@each_way
def test_another_input_under_a_used_key_is_refused(world: World, name: str, way: int):
    valid = valid_for(name)[way]

    with taken_back():
        given, token = keyed_input(world, valid), token_of(world, valid)
        run(name, given, token)
        others = {
            place: other for place, other in changed_inputs(name, given) if not place.endswith(KEY)
        }
        with nothing_changes():
            codes = {place: run(name, other, token).codes for place, other in others.items()}

    assert codes == {place: {"idempotency_mismatch"} for place in others}
    assert codes


@pytest.mark.parametrize("name", KEYED)
def test_a_key_is_of_its_user(world: World, name: str):
    valid = valid_for(name)[0]

    with taken_back():
        run(name, keyed_input(world, valid), token_of(world, valid))
        token, given = somebody_else(world, valid)
        other = run(name, given, token)
        scopes = set(IdempotencyRecord.objects.values_list("scope", flat=True))

    assert "idempotency_mismatch" not in other.codes
    assert len(scopes) == 2


@pytest.mark.parametrize("name", UNKEYED)
def test_what_takes_no_key_makes_nothing_twice(effects: Effects, name: str):
    done = effects(name)

    more = {label for label, count in done.repeated.items() if count > 0} - BOOKKEEPING
    assert bool(more) == (name in AGAIN), more
    assert done.creates == (name in ONCE), done.answered
    assert not done.creates or done.answered_again == done.answered


@pytest.mark.parametrize("name", VERSIONED)
def test_a_stale_version_is_refused_with_the_object_of_now(world: World, name: str):
    valid = valid_for(name)[0]

    with taken_back():
        given, token = input_of(world, world.side, valid), token_of(world, valid)
        with nothing_changes(but_looks=True):
            refused = ask(*versioned_call(name, given, 0, token))
        current = refused.body["data"][name]["current"]
        changed = ask(*versioned_call(name, given, current["version"], token))

    named = [id for _, id in ids_in(name, given)]
    assert refused.codes == {"version_conflict"}
    assert current["id"] in named or name in OF_ONESELF
    assert not changed.codes


@pytest.mark.parametrize("name", UNVERSIONED)
def test_what_changes_an_object_takes_its_version(effects: Effects, name: str):
    done = effects(name)

    changed = done.raised & {*done.named, done.answered}
    updates = bool(changed and done.values and not done.creates)
    assert updates == (name in WITHOUT_VERSION), done.values


def somebody_else(world: World, valid: Valid) -> tuple[str | None, dict[str, object]]:
    """Another person who may do it, with another input under the same key."""
    if valid.by == ME:
        given = input_of(world, world.foreign_side, valid) | {KEY: "k-1"}
        return world.actors[STRANGER].tokens[0], given
    admin = UserFactory(is_staff=True, is_superuser=True)
    return start_session(user=admin).access_token, keyed_input(world, valid)
