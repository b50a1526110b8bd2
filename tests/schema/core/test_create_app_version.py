"""Announcing releases of apps."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from apps.core.events import AppVersionChanged
from apps.core.models import AppVersion, AuditEntry
from apps.core.services.app_versions import create_app_version
from kernel.viewer import SYSTEM, acting_as
from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory, staff_with
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = (
    "... on AppVersion { platform version buildNumber releaseDate releaseNotes isForcedUpdate"
    " isActive downloadUrl fileSize checksum minOsVersion maxOsVersion deviceRequirements }"
)
GIVEN: dict[str, Any] = {
    "platform": "ANDROID",
    "version": "2.5.0-rc.1",
    "buildNumber": 1242,
    "releaseDate": "2026-02-01",
    "releaseNotes": "Faster.",
    "isForcedUpdate": True,
    "isActive": False,
    "downloadUrl": "https://apps.example/android?build=1242",
    "fileSize": 41_000_000,
    "checksum": "0123456789abcdefABCDEF" + "0" * 42,
    "minOsVersion": "9",
    "maxOsVersion": "15",
    "deviceRequirements": {"memory": 2},
}
LEAST = {name: GIVEN[name] for name in ("platform", "version", "buildNumber", "releaseDate")}

#: What is there where nothing was told.
EMPTY: dict[str, Any] = {
    "releaseNotes": "",
    "downloadUrl": "",
    "fileSize": None,
    "checksum": "",
    "minOsVersion": "",
    "maxOsVersion": "",
    "deviceRequirements": {},
}


def announce(graphql: GraphQL, by: Any, **given: Any) -> Answer:
    """Announce a release."""
    return graphql.mutate("createAppVersion", GIVEN | given, SHOW, by=by)


def test_it_is_announced_as_it_is_given(graphql: GraphQL, cast: Cast):
    by = staff_with("add_appversion")

    with announced() as heard:
        answer = announce(graphql, by)

    assert answer.data["createAppVersion"] == GIVEN | {"__typename": "AppVersion"}
    assert heard == [AppVersionChanged(platform="ANDROID")]
    assert heard[0].topics() == ["settings"]
    entry = AuditEntry.objects.get(object_id=AppVersion.objects.get().pk)
    assert (entry.action, entry.actor, entry.organization) == ("INSERT", by, None)


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(EMPTY)])
def test_what_is_not_told_is_empty_and_it_may_be_used(
    graphql: GraphQL, cast: Cast, nothing: dict[str, None]
):
    answer = graphql.mutate("createAppVersion", LEAST | nothing, SHOW, by=cast.dora)

    assert answer.data["createAppVersion"] == LEAST | EMPTY | {
        "__typename": "AppVersion",
        "isForcedUpdate": False,
        "isActive": True,
    }


def test_a_repeat_announces_no_other(graphql: GraphQL, cast: Cast):
    first = announce(graphql, cast.dora, idempotencyKey="k")
    again = announce(graphql, cast.dora, idempotencyKey="k")

    assert again.data == first.data
    assert AppVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"version": ""}, "blank"),
        ({"version": "two"}, "invalid_version"),
        ({"version": "1.02"}, "invalid_version"),
        ({"version": "1.2.3-" + "a" * 20}, "max_length"),
        ({"buildNumber": 1240}, "build_not_newer"),
        ({"buildNumber": 1239}, "build_not_newer"),
        ({"buildNumber": -1}, "min_value"),
        ({"downloadUrl": "http://apps.example/android"}, "invalid_download_url"),
        ({"downloadUrl": "javascript:alert(1)"}, "invalid_download_url"),
        ({"downloadUrl": "apps.example"}, "invalid_download_url"),
        ({"checksum": "0" * 63}, "invalid_checksum"),
        ({"checksum": "0" * 65}, "invalid_checksum"),
        ({"checksum": "g" * 64}, "invalid_checksum"),
        ({"checksum": "0" * 64 + "\n"}, "invalid_checksum"),
        ({"fileSize": -1}, "min_value"),
        ({"isActive": None}, "invalid"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    AppVersionFactory(platform="ANDROID", version="2.4.0", build_number=1240)
    by = cast.dora

    with nothing_changes():
        assert announce(graphql, by, **given).code == code


def test_builds_grow_on_each_platform_by_itself(graphql: GraphQL, cast: Cast):
    AppVersionFactory(platform="IOS", build_number=9000)
    AppVersionFactory(platform="ANDROID", build_number=1241, is_active=False)

    answer = announce(graphql, cast.dora)

    assert answer.data["createAppVersion"]["buildNumber"] == 1242


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        assert announce(graphql, by).code == code


@pytest.mark.django_db(transaction=True)
def test_of_builds_that_are_announced_at_once_none_is_older_than_one_before_it():
    def work(build: int) -> Any:
        with acting_as(SYSTEM):
            details = {"platform": "WEB", "version": "1.0", "release_date": date(2026, 1, 1)}
            return create_app_version(details={**details, "build_number": build})

    outcomes = race(*[partial(work, build) for build in (1, 2, 3, 4, 4, 3, 2, 1)])

    codes = {getattr(each, "code", None) for each in outcomes if isinstance(each, Exception)}
    # Keys grow with time, and are given out before the lock is: the trail tells the true order.
    entries = AuditEntry.objects.filter(object_type="core.AppVersion").order_by("created_at")
    builds = [entry.changes["build_number"][1] for entry in entries]
    assert codes == {"build_not_newer"}
    assert builds == sorted(set(builds))
    assert builds[-1] == 4
