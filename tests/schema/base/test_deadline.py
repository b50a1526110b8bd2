"""Operations end in time, and with the client that asked for them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.support.backends import asleep
from tests.support.graphql import GraphQL
from tests.support.server import BOTH, PROBE, Server, serving
from tests.support.sockets import connected
from tests.support.threads import wait_until

SLEEP = "{ sleep(seconds: 60) }"
NAP = "mutation { nap(seconds: 60) { __typename } }"


@pytest.fixture(scope="module")
def hurried(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose operations have a second, and whose statements more than that."""
    env = {"OPERATION_SECONDS": "1", "STATEMENT_TIMEOUT": "50s"}
    with serving(tmp_path_factory.mktemp("hurried"), application=PROBE, env=env) as server:
        yield server


@pytest.fixture(scope="module", params=BOTH)
def either(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of each kind."""
    folder = tmp_path_factory.mktemp("either")
    with serving(folder, application=PROBE, daphne=request.param) as server:
        yield server


def ask(server: Server, document: str, *, seconds: float = 30) -> httpx.Response:
    """Ask a server by HTTP, and wait for so long."""
    return httpx.post(server.url, json={"query": document}, timeout=seconds)


def code(response: httpx.Response) -> str:
    """The code of the only error."""
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "document",
    [SLEEP, "{ " + " ".join(f"a{n}: sleep(seconds: 0.3)" for n in range(15)) + " }"],
    ids=["one statement", "many"],
)
def test_an_operation_that_takes_too_long_is_ended(hurried: Server, document: str):
    response = ask(hurried, document)

    assert code(response) == "timed_out"
    assert response.elapsed.total_seconds() < 4
    assert asleep() == 0
    assert ask(hurried, "{ sleep(seconds: 0) }").json()["data"]["sleep"] > 0


@pytest.mark.django_db(transaction=True)
def test_an_effect_that_takes_too_long_is_none(hurried: Server):
    UserFactory(description="awake")

    response = ask(hurried, NAP)

    assert code(response) == "timed_out"
    assert User.objects.get().description == "awake"


def test_an_operation_over_a_socket_has_as_long(hurried: Server):
    with connected(hurried.ws_url, init=True) as socket:
        socket.subscribe("1", SLEEP)

        (answer,) = socket.answer().values()

    assert answer["errors"][0]["extensions"]["code"] == "timed_out"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("document", [SLEEP, NAP], ids=["query", "mutation"])
def test_a_client_that_leaves_ends_its_operation(either: Server, document: str):
    UserFactory(description="awake")

    with pytest.raises(httpx.ReadTimeout):
        ask(either, document, seconds=0.5)

    wait_until(lambda: asleep() == 0, seconds=4)
    assert User.objects.get().description == "awake"


@pytest.mark.django_db(transaction=True)
def test_a_socket_that_closes_ends_its_operations(either: Server):
    with connected(either.ws_url, init=True) as socket:
        socket.subscribe("1", SLEEP)
        wait_until(lambda: asleep() == 1)

    wait_until(lambda: asleep() == 0, seconds=4)


@pytest.mark.urls("tests.support.probe")
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_told_apart_from_what_it_took_along(
    graphql: GraphQL, settings: Any
):
    settings.STATEMENT_TIMEOUT = "100ms"

    errors = graphql("{ a: sleep(seconds: 60) languages { totalCount } }").body["errors"]

    assert [error["extensions"]["code"] for error in errors] == ["timed_out", "aborted"]
