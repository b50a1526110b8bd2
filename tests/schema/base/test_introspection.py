"""Strangers learn nothing of the schema where introspection is closed."""

from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL
from tests.support.server import serving
from tests.support.sockets import connected

SCHEMA = "{ __schema { queryType { name } } }"


@pytest.fixture
def closed(settings: Settings) -> None:
    """Introspection is closed, as in production."""
    settings.OPEN_INTROSPECTION = False
    settings.STAFF_SECOND_FACTOR = True


@pytest.mark.usefixtures("closed")
def test_closed_introspection_answers_nothing(graphql: GraphQL):
    answer = graphql("{ __schema { types { name } } }")

    assert answer.status == 400
    assert {e["extensions"]["code"] for e in answer.body["errors"]} == {"invalid_request"}
    assert "data" not in answer.body


@pytest.mark.usefixtures("closed")
def test_a_mistyped_field_is_not_corrected(graphql: GraphQL):
    answer = graphql("{ languag { totalCount } }")

    (error,) = answer.body["errors"]
    assert error["message"] == "Cannot query field 'languag' on type 'Query'."


def test_open_introspection_answers_and_corrects(graphql: GraphQL):
    schema = graphql("{ __schema { queryType { name } } }")
    corrected = graphql("{ languag { totalCount } }")

    assert schema.data == {"__schema": {"queryType": {"name": "Query"}}}
    assert "Did you mean" in corrected.body["errors"][0]["message"]


def _token(user: User, *, second_factor: bool = True) -> str:
    return start_session(user=user, second_factor=second_factor).access_token


@pytest.mark.usefixtures("closed")
def test_staff_with_a_second_factor_are_told_and_nobody_else(graphql: GraphQL, cast: Cast):
    told = graphql(SCHEMA, token=_token(cast.dora))
    others = [
        graphql(SCHEMA),
        graphql(SCHEMA, token=_token(cast.dora, second_factor=False)),
        graphql(SCHEMA, token=_token(cast.ben)),
    ]

    assert told.data == {"__schema": {"queryType": {"name": "Query"}}}
    codes = [error["extensions"]["code"] for each in others for error in each.body["errors"]]
    assert [(each.status, "data" in each.body) for each in others] == [(400, False)] * 3
    assert set(codes) == {"invalid_request"}


@pytest.mark.usefixtures("closed")
def test_staff_need_no_second_factor_where_the_platform_asks_for_none(
    graphql: GraphQL, cast: Cast, settings: Settings
):
    settings.STAFF_SECOND_FACTOR = False

    told = graphql(SCHEMA, token=_token(cast.dora, second_factor=False))

    assert told.data == {"__schema": {"queryType": {"name": "Query"}}}


@pytest.mark.usefixtures("closed")
def test_a_token_that_is_none_is_refused_as_ever(graphql: GraphQL):
    answer = graphql(SCHEMA, token="rubbish")

    assert (answer.status, answer.code) == (401, "invalid_token")


@pytest.mark.usefixtures("closed")
def test_other_mistakes_of_staff_are_not_corrected(graphql: GraphQL, cast: Cast):
    answer = graphql("{ languag { totalCount } }", token=_token(cast.dora))

    (error,) = answer.body["errors"]
    assert error["message"] == "Cannot query field 'languag' on type 'Query'."


@pytest.mark.django_db(transaction=True)
def test_it_is_the_same_where_answers_go_on(tmp_path: Path):
    staff, anyone = UserFactory(is_staff=True), UserFactory()
    env = {"OPEN_INTROSPECTION": "false", "STAFF_SECOND_FACTOR": "true"}
    answers = []

    with serving(tmp_path, env=env) as server:
        for user in (staff, anyone):
            with connected(server.ws_url, token=_token(user)) as socket:
                socket.subscribe("1", SCHEMA)
                answers.append(socket.receive()["type"])
            headers = {"Authorization": f"Bearer {_token(user)}", "Accept": "text/event-stream"}
            stream = httpx.post(server.url, json={"query": SCHEMA}, headers=headers).text
            answers.append('"name":"Query"' in stream)
        mistyped = {"query": "{ languag { totalCount } }"}
        accept = {"Accept": "text/event-stream"}
        corrected = httpx.post(server.url, json=mistyped, headers=accept).text

    assert answers == ["next", True, "error", False]
    assert "Cannot query field 'languag'" in corrected
    assert "Did you mean" not in corrected
