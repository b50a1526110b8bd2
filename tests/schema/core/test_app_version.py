"""Hearing whether an application is up to date."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import AppVersion
from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory
from tests.support.graphql import GraphQL

SHOW = (
    "latest { version platform } isSupported updateAvailable updateRequired downloadUrl"
    " releaseNotes"
)
DOCUMENT = (
    "query($platform: AppPlatform!, $current: String!) {"
    f" appVersion(platform: $platform, current: $current) {{ {SHOW} }} }}"
)


def check(graphql: GraphQL, current: str, platform: str = "IOS", *, by: Any = None) -> Any:
    """What an application hears."""
    given = {"platform": platform, "current": current}
    return graphql(DOCUMENT, given, by=by).data["appVersion"]


def verdict(graphql: GraphQL, current: str) -> tuple[Any, ...]:
    """The newest version, and whether it is there, needed, and the running one may be used."""
    found = check(graphql, current)
    latest = found["latest"] and found["latest"]["version"]
    return latest, found["updateAvailable"], found["updateRequired"], found["isSupported"]


def test_everybody_hears_what_is_newer_and_where_it_is(graphql: GraphQL, cast: Cast):
    AppVersionFactory(
        version="2.10.0", release_notes="Faster.", download_url="https://apps.example/ios"
    )
    AppVersionFactory(version="2.9.0")
    AppVersionFactory(version="9.0.0", platform="ANDROID")

    heard = [check(graphql, "2.9.0", by=by) for by in (None, cast.cleo, cast.dora)]

    assert (
        heard
        == [
            {
                "latest": {"version": "2.10.0", "platform": "IOS"},
                "isSupported": True,
                "updateAvailable": True,
                "updateRequired": False,
                "downloadUrl": "https://apps.example/ios",
                "releaseNotes": "Faster.",
            }
        ]
        * 3
    )


def test_where_nothing_was_released_nothing_is_asked_for(graphql: GraphQL):
    AppVersionFactory(platform="WEB")
    AppVersionFactory(version="3.0.0", is_active=False)

    assert check(graphql, "1.0") == {
        "latest": None,
        "isSupported": True,
        "updateAvailable": False,
        "updateRequired": False,
        "downloadUrl": None,
        "releaseNotes": None,
    }


@pytest.mark.parametrize(
    ("current", "available", "required"),
    [
        ("2.3.9", True, True),
        ("2.4.0-rc.1", True, True),
        ("2.4.0", True, False),
        ("2.4", True, False),
        ("2.4.0+77", True, False),
        ("2.4.7", True, False),
        ("2.10.0", False, False),
        ("2.10.1-beta", False, False),
        ("3", False, False),
    ],
)
def test_all_that_are_older_than_a_forced_release_must_update(
    graphql: GraphQL, current: str, available: bool, required: bool
):
    AppVersionFactory(version="2.10.0")
    AppVersionFactory(version="2.4.0", is_forced_update=True)
    AppVersionFactory(version="2.9.9", is_forced_update=True, is_active=False)

    assert verdict(graphql, current) == ("2.10.0", available, required, True)


def test_a_withdrawn_release_must_be_replaced_also_by_an_older_one(graphql: GraphQL):
    AppVersionFactory(version="2.4.0")
    AppVersionFactory(version="2.4.1", is_active=False)

    assert verdict(graphql, "2.4.1") == ("2.4.0", False, True, False)
    assert verdict(graphql, "2.4.2") == ("2.4.0", False, False, True)


def test_a_name_that_was_built_anew_is_withdrawn_with_its_last_build(graphql: GraphQL):
    first = AppVersionFactory(version="2.4.0", is_active=False)
    second = AppVersionFactory(version="2.4.0", build_number=first.build_number + 1)

    before = verdict(graphql, "2.4.0")
    AppVersion.objects.filter(pk=second.pk).update(is_active=False)

    assert before == ("2.4.0", False, False, True)
    assert verdict(graphql, "2.4.0") == (None, False, True, False)


def test_of_two_builds_of_a_name_the_later_is_the_latest(graphql: GraphQL):
    AppVersionFactory(version="2.4.0", build_number=9, release_notes="Second.")
    AppVersionFactory(version="2.4.0", build_number=8, release_notes="First.")

    assert check(graphql, "2.4.0")["releaseNotes"] == "Second."


def test_a_row_whose_name_is_no_version_stops_nobody(graphql: GraphQL):
    AppVersionFactory(version="two", is_forced_update=True)
    AppVersionFactory(version="2.0.0")

    assert verdict(graphql, "1.0.0") == ("2.0.0", True, False, True)


@pytest.mark.parametrize("current", ["", "two", "1.2.x", "v1.2", "1..2", "1.2.3-01", "1" * 70])
def test_what_is_no_version_is_refused(graphql: GraphQL, current: str):
    AppVersionFactory()

    answer = graphql(DOCUMENT, {"platform": "IOS", "current": current})

    assert answer.code == "invalid_version"


def test_there_is_no_other_platform(graphql: GraphQL):
    answer = graphql(DOCUMENT, {"platform": "PALM", "current": "1.0"})

    assert answer.code == "invalid_request"


def test_many_releases_cost_as_many_statements_as_one(graphql: GraphQL):
    counts = []
    for more in (1, 30):
        AppVersionFactory.create_batch(more)
        with CaptureQueriesContext(connection) as asked:
            check(graphql, "1.0")
        counts.append(len(asked))

    assert counts[0] == counts[1]
