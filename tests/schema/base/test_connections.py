"""How a web process uses connections to the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.accounts.services.sessions import start_session
from tests.factories.accounts import UserFactory
from tests.support.backends import asleep, backends, drop_backends
from tests.support.graphql import RESPONSE_JSON
from tests.support.server import PROBE, Server, serving
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def ask(server: Server, query: str, token: str | None = None) -> httpx.Response:
    """Ask over HTTP."""
    headers = {"Accept": RESPONSE_JSON}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.post(server.url, json={"query": query}, headers=headers, timeout=20)


def codes(response: httpx.Response) -> list[Any]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def test_two_hundred_requests_share_a_few_connections_and_keep_them(tmp_path: Path):
    token = start_session(user=UserFactory()).access_token
    env = {"DATABASE_POOL_MAX": "4"}
    with serving(tmp_path, env=env) as server, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: ask(server, "{ me { id } }", token), range(100)))
        held = backends()
        answers += threads.map(lambda _: ask(server, "{ me { id } }", token), range(100))
        held_later = backends()

    assert [answer.status_code for answer in answers] == [200] * 200
    assert 1 <= len(held) <= 4
    started = {(backend.pid, backend.started_at) for backend in held}
    assert started <= {(backend.pid, backend.started_at) for backend in held_later}
    assert len(held_later) <= 4


def test_http_requests_run_at_once_behind_the_middleware(tmp_path: Path):
    with serving(tmp_path, application=PROBE) as server, ThreadPoolExecutor(4) as threads:
        asked = threads.map(lambda _: ask(server, "{ sleep(seconds: 2) }"), range(4))
        wait_until(lambda: asleep() == 4)
        answers = list(asked)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


def test_past_the_wait_for_a_connection_the_answer_is_overloaded(tmp_path: Path):
    token = start_session(user=UserFactory()).access_token
    env = {"DATABASE_POOL_MAX": "1", "DATABASE_POOL_WAIT": "0.3"}
    with (
        serving(tmp_path, application=PROBE, env=env) as server,
        ThreadPoolExecutor(4) as threads,
    ):
        slow = threads.submit(ask, server, "{ sleep(seconds: 2) }")
        wait_until(asleep)
        read = threads.submit(ask, server, "{ languages { totalCount } }")
        signed_in = threads.submit(ask, server, "{ me { id } }", token)
        written = threads.submit(ask, server, "mutation { signOut { __typename } }", token)
        refused = [future.result() for future in (read, signed_in, written)]
        answered = [slow.result(), ask(server, "{ sleep(seconds: 0) }")]

    assert [response.status_code for response in refused] == [503, 503, 503]
    assert [codes(response) for response in refused] == [["overloaded"]] * 3
    assert [response.headers["Retry-After"] for response in refused] == ["1", "1", "1"]
    assert [response.status_code for response in answered] == [200, 200]


def test_after_the_database_dropped_its_connections_no_request_fails(tmp_path: Path):
    token = start_session(user=UserFactory()).access_token
    with serving(tmp_path, application=PROBE) as server, ThreadPoolExecutor(6) as threads:
        asked = threads.map(lambda _: ask(server, "{ sleep(seconds: 2) }"), range(6))
        wait_until(lambda: asleep() == 6)
        list(asked)
        dropped = drop_backends()
        answers = list(threads.map(lambda _: ask(server, "{ me { id } }", token), range(30)))

    assert dropped >= 6
    assert [answer.status_code for answer in answers] == [200] * 30
    assert [answer.json().get("errors") for answer in answers] == [None] * 30


def test_a_session_that_ended_is_401_and_says_how_to_sign_in(tmp_path: Path):
    with serving(tmp_path) as server:
        response = ask(server, "{ me { id } }", "x.y.z")

    assert (response.status_code, codes(response)) == (401, ["invalid_token"])
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
