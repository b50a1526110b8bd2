"""The devices that take push messages: registered, listed, removed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import Device, User
from apps.accounts.services.devices import MOST, register_device
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.community import DeviceFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = "... on Device { id platform lastSeenAt }"
OWN = "{ me { devices { totalCount edges { node { platform } } } } }"
THEIRS = "query($id: ID!) { user(id: $id) { devices { totalCount } } }"


def _register(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    given = {"token": "abc", "platform": "IOS"} | given
    return graphql.mutate("registerDevice", given, SELECT, by=by)


def _unregister(graphql: GraphQL, by: User | None, device: Any) -> Answer:
    return graphql.mutate("unregisterDevice", {"id": gid(device)}, by=by)


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_a_device_is_registered_once_and_seen_each_time(graphql: GraphQL, cast: Cast):
    first = _register(graphql, cast.ben)
    with time_machine.travel("2026-03-01T12:05:00Z", tick=False):
        again = _register(graphql, cast.ben)

    device = Device.objects.get()
    assert device.user == cast.ben
    assert first.data["registerDevice"] == {
        "__typename": "Device",
        "id": gid(device),
        "platform": "IOS",
        "lastSeenAt": "2026-03-01T12:00:00.000000+00:00",
    }
    assert again.data["registerDevice"]["id"] == gid(device)
    assert again.data["registerDevice"]["lastSeenAt"] == "2026-03-01T12:05:00.000000+00:00"


def test_a_device_goes_with_who_signs_in_on_it(graphql: GraphQL, cast: Cast):
    _register(graphql, cast.ben)

    _register(graphql, cast.ada, platform="ANDROID")

    device = Device.objects.get()
    assert (device.user, device.platform) == (cast.ada, "ANDROID")


@pytest.mark.parametrize(("token", "code"), [("", "blank"), ("x" * 401, "max_length")])
def test_what_is_no_token_is_refused(graphql: GraphQL, cast: Cast, token: str, code: str):
    by = cast.ben

    with nothing_changes():
        answer = _register(graphql, by, token=token)

    assert (answer.code, answer.refusal["field"]) == (code, "token")


def test_the_devices_unused_for_longest_make_room(graphql: GraphQL, cast: Cast):
    noise = DeviceFactory(last_seen_at=clock.now() - timedelta(days=9))
    old = [
        DeviceFactory(user=cast.ben, last_seen_at=clock.now() - timedelta(days=days))
        for days in range(1, MOST + 1)
    ]

    _register(graphql, cast.ben)

    kept = Device.objects.filter(user=cast.ben)
    assert (kept.count(), kept.filter(pk=old[-1].pk).exists()) == (MOST, False)
    assert Device.objects.filter(pk=noise.pk).exists()


@pytest.mark.usefixtures("transactional_db")
def test_a_token_that_many_register_at_once_is_one_device():
    users = [UserFactory() for _ in range(8)]

    outcomes = race(
        *[lambda user=user: register_device(user=user, token="t", platform="WEB") for user in users]
    )

    assert [type(outcome) for outcome in outcomes] == [Device] * 8
    assert Device.objects.count() == 1


def test_one_sees_ones_own_devices_alone(graphql: GraphQL, cast: Cast):
    DeviceFactory(user=cast.ben, platform="WEB")
    DeviceFactory()
    theirs = MembershipFactory(user=cast.ben)
    colleague = MembershipFactory(organization=theirs.organization).user

    own = graphql(OWN, by=cast.ben).data["me"]["devices"]
    others = [
        graphql(THEIRS, {"id": gid(cast.ben)}, by=by).data["user"]["devices"]
        for by in (colleague, cast.dora)
    ]

    assert own == {"totalCount": 1, "edges": [{"node": {"platform": "WEB"}}]}
    assert others == [{"totalCount": 0}, {"totalCount": 0}]


def test_a_device_is_removed_by_its_user(graphql: GraphQL, cast: Cast):
    device, noise = DeviceFactory(user=cast.ben), DeviceFactory(user=cast.ben)

    answer = _unregister(graphql, cast.ben, device)

    assert answer.data["unregisterDevice"]["__typename"] == "Done"
    assert [*Device.objects.all()] == [noise]


@pytest.mark.parametrize(
    ("who", "code"),
    [("ada", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")],
)
def test_nobody_else_removes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    device, by = DeviceFactory(user=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _unregister(graphql, by, device)

    assert answer.code == code


def test_the_signed_out_register_nothing(graphql: GraphQL):
    assert _register(graphql, None).code == "not_signed_in"
    assert not Device.objects.exists()
