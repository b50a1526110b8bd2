"""Forgetting releases of apps."""

from typing import Any

import pytest

from apps.core.events import AppVersionChanged
from apps.core.models import AppVersion
from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory, staff_with
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def delete(graphql: GraphQL, row: Any, by: Any) -> Answer:
    """Forget a release."""
    return graphql.mutate("deleteAppVersion", {"id": gid(row)}, "... on Done { ok }", by=by)


def test_it_is_gone_and_that_is_told(graphql: GraphQL):
    row, noise = AppVersionFactory(platform="WEB"), AppVersionFactory()

    with announced() as heard:
        answer = delete(graphql, row, staff_with("delete_appversion"))

    assert answer.data["deleteAppVersion"] == {"__typename": "Done", "ok": True}
    assert list(AppVersion.objects.all()) == [noise]
    assert heard == [AppVersionChanged(platform="WEB")]


def test_a_missing_one_is_not_found(graphql: GraphQL, cast: Cast):
    row, by = AppVersionFactory(), cast.dora
    delete(graphql, row, by)

    with nothing_changes():
        assert delete(graphql, row, by).code == "not_found"


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    row, by = AppVersionFactory(), getattr(cast, who)

    with nothing_changes():
        assert delete(graphql, row, by).code == code
