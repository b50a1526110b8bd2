"""Changing what is told of releases, and withdrawing them."""

from typing import Any

import pytest

from apps.core.events import AppVersionChanged
from apps.core.models import AppVersion, AuditEntry
from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory, staff_with
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SHOW = "... on AppVersion { version buildNumber isActive isForcedUpdate releaseNotes }"


def change(graphql: GraphQL, row: Any, by: Any, **given: Any) -> Answer:
    """Change a release."""
    return graphql.mutate("updateAppVersion", {"id": gid(row), **given}, SHOW, by=by)


def test_what_is_given_changes_and_the_rest_stays(graphql: GraphQL):
    row = AppVersionFactory(version="2.4.0", build_number=7, release_notes="Faster.")
    by, noise = staff_with("change_appversion"), AppVersionFactory()

    with announced() as heard:
        answer = change(graphql, row, by, isActive=False, isForcedUpdate=True)

    assert answer.data["updateAppVersion"] == {
        "__typename": "AppVersion",
        "version": "2.4.0",
        "buildNumber": 7,
        "isActive": False,
        "isForcedUpdate": True,
        "releaseNotes": "Faster.",
    }
    assert heard == [AppVersionChanged(platform="IOS")]
    assert AppVersion.objects.get(pk=noise.pk).is_active
    assert AppVersion.objects.get(pk=row.pk).updated_at > row.updated_at
    entry = AuditEntry.objects.get(object_id=row.pk, action="UPDATE")
    assert entry.changes == {"is_active": [True, False], "is_forced_update": [False, True]}
    assert (entry.actor, entry.organization) == (by, None)


@pytest.mark.parametrize("given", [{"version": "3"}, {"buildNumber": 9}, {"platform": "WEB"}])
def test_what_it_is_does_not_change(graphql: GraphQL, cast: Cast, given: dict[str, Any]):
    row, by = AppVersionFactory(), cast.dora

    with nothing_changes():
        assert change(graphql, row, by, **given).code == "invalid_request"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"downloadUrl": "http://apps.example"}, "invalid_download_url"),
        ({"checksum": "beef"}, "invalid_checksum"),
        ({"releaseDate": None}, "null"),
        ({"minOsVersion": "9" * 21}, "max_length"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    row, by = AppVersionFactory(), cast.dora

    with nothing_changes():
        assert change(graphql, row, by, **given).code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    row, by = AppVersionFactory(), getattr(cast, who)

    with nothing_changes():
        assert change(graphql, row, by, isActive=False).code == code
