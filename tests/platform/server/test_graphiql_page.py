"""Who gets GraphiQL."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from server.admin import SECOND_FACTOR
from tests.factories.cast import Cast


def _open(client: Client) -> Any:
    return client.get("/graphql/", headers={"Accept": "text/html"})


@pytest.fixture
def closed(settings: Settings) -> None:
    """Introspection is closed, as in production."""
    settings.OPEN_INTROSPECTION = False
    settings.STAFF_SECOND_FACTOR = True


def _in_admin(client: Client, user: Any, *, second_factor: bool) -> Client:
    """A browser whose session of the admin is a user's."""
    client.force_login(user)
    session = client.session
    if second_factor:
        session[SECOND_FACTOR] = True
        session.save()
    return client


def test_in_development_everybody_does(client: Client, db: None):
    page = _open(client)

    assert (page.status_code, "Fundi API" in page.content.decode()) == (200, True)


@pytest.mark.usefixtures("closed")
def test_in_production_staff_do_who_are_in_the_admin(client: Client, cast: Cast):
    page = _open(_in_admin(client, cast.dora, second_factor=True))

    assert (page.status_code, "Fundi API" in page.content.decode()) == (200, True)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(("name", "second_factor"), [("dora", False), ("ben", True), (None, False)])
def test_in_production_nobody_else_learns_that_it_is_there(
    client: Client, cast: Cast, name: str | None, second_factor: bool
):
    if name:
        _in_admin(client, getattr(cast, name), second_factor=second_factor)

    answer = _open(client)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"] == {"code": "not_found"}


@pytest.mark.usefixtures("closed")
def test_staff_who_are_blocked_lose_it_at_once(client: Client, cast: Cast):
    _in_admin(client, cast.dora, second_factor=True)
    type(cast.dora).objects.filter(pk=cast.dora.pk).update(blocked=True)

    assert _open(client).status_code == 404
