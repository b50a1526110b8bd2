"""Calls to services outside, which are slow, fail, hang up and come back."""

import logging
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from threading import Event

import httpx
import pytest

from kernel.outbound import RETRIED_STATUSES, Breaker, Service, Unavailable
from tests.support.fakes.base import (
    Answer,
    Exchange,
    Fake,
    Fault,
    Request,
    cut_short,
    dropped,
    failing,
    held,
    slow,
)
from tests.support.races import AT_ONCE, race
from tests.support.server import free_port
from tests.support.threads import in_background, wait_until

PASSWORD = "hunter2"
#: What a machine that is busy may take longer.
SLACK = 0.5


class Timed(Fake):
    """Answers, and knows when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_at: list[float] = []

    def serve(self, exchange: Exchange) -> None:
        """Note the time."""
        self.asked_at.append(time.monotonic())
        super().serve(exchange)

    def answer(self, request: Request) -> Answer:
        """Say that all is well."""
        return Answer.of_json({"path": request.path})


@pytest.fixture
def outside() -> Iterator[Timed]:
    """A service outside."""
    with Timed() as fake:
        yield fake


def service(**options: object) -> Service:
    """A way to reach it that does not wait for long."""
    return Service(**{"name": "fake", "timeout": 5.0, "pause": 0.01} | options)


def fails(service: Service, url: str) -> str:
    """What a call says that cannot work."""
    with pytest.raises(Unavailable) as failure:
        service.request("GET", url)
    return str(failure.value)


def let_time_pass(breaker: Breaker) -> None:
    """Have the breaker's pause be over."""
    breaker.opened_at -= breaker.seconds_open


def test_an_answer_is_given_as_it_came(outside: Timed):
    answer = service().request("POST", f"{outside.address}/a", json={"b": 1}, headers={"X-C": "d"})

    (request,) = outside.requests
    assert (answer.status_code, answer.json()) == (200, {"path": "/a"})
    assert (request.method, request.json(), request.headers["X-C"]) == ("POST", {"b": 1}, "d")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 422])
def test_a_refusal_is_an_answer_and_is_not_tried_again(outside: Timed, status: int):
    outside.always(failing(status))

    answers = [service().request("GET", outside.address).status_code for _ in range(2)]

    assert answers == [status] * 2
    assert len(outside.requests) == 2


@pytest.mark.parametrize("status", sorted(RETRIED_STATUSES))
def test_what_may_pass_is_tried_again(outside: Timed, status: int):
    outside.then(failing(status), failing(status))

    answer = service().request("GET", outside.address)

    assert (answer.status_code, len(outside.requests)) == (200, 3)


@pytest.mark.parametrize("fault", [dropped(), dropped(works=True), cut_short])
def test_an_answer_that_is_lost_is_asked_for_again(outside: Timed, fault: Fault):
    outside.then(fault)

    assert service().request("GET", outside.address).status_code == 200
    assert len(outside.requests) == 2


@pytest.mark.parametrize("attempts", [1, 3, 4])
def test_no_call_is_tried_more_often_than_it_may_be(outside: Timed, attempts: int):
    outside.always(failing(503))

    said = fails(service(attempts=attempts), outside.address)

    assert said == "fake does not answer."
    assert len(outside.requests) == attempts


def test_a_slow_service_is_not_waited_for(outside: Timed):
    outside.always(slow(20))
    start = time.monotonic()

    fails(service(timeout=0.2, attempts=2), outside.address)

    assert 0.4 <= time.monotonic() - start < 0.4 + SLACK
    assert len(outside.requests) == 2


def test_where_nobody_listens_a_call_fails_at_once():
    start = time.monotonic()

    fails(service(), f"http://127.0.0.1:{free_port()}/")

    assert time.monotonic() - start < SLACK


def test_pauses_between_tries_are_random_and_bounded(outside: Timed):
    outside.always(failing(500))
    pauses: list[tuple[float, float]] = []
    for _ in range(6):
        outside.asked_at.clear()
        fails(service(pause=0.3), outside.address)
        first, second = (later - earlier for earlier, later in pairwise(outside.asked_at))
        pauses.append((first, second))

    first, second = zip(*pauses, strict=True)
    assert min(first) < 0.3
    assert max(first) < 0.3 + SLACK
    assert min(second) < 0.6
    assert max(second) < 0.6 + SLACK


def test_after_five_failures_in_a_row_the_service_is_left_alone(outside: Timed):
    outside.always(failing(500))
    caller = service(attempts=1)

    said = [fails(caller, outside.address) for _ in range(8)]

    alone = "The service failed repeatedly and is left alone for a while."
    assert said == ["fake does not answer."] * 5 + [alone] * 3
    assert len(outside.requests) == 5


def test_a_call_counts_once_however_often_it_was_tried(outside: Timed):
    outside.always(failing(500))
    caller = service(attempts=3)

    for _ in range(4):
        fails(caller, outside.address)
    outside.recover()

    assert caller.request("GET", outside.address).status_code == 200


def test_a_success_or_a_refusal_between_failures_keeps_it_closed(outside: Timed):
    caller = service(attempts=1)

    for between in (None, failing(404), None):
        outside.then(*[failing(500)] * 4, between)
        for _ in range(4):
            fails(caller, outside.address)
        caller.request("GET", outside.address)

    assert len(outside.requests) == 15


def test_after_the_pause_one_caller_is_let_through_and_closes_it_when_that_works(outside: Timed):
    caller, go_on = service(attempts=1), Event()
    outside.then(*[failing(500)] * 5, held(go_on))
    for _ in range(5):
        fails(caller, outside.address)
    call = partial(caller.request, "GET", outside.address)

    let_time_pass(caller.breaker)
    with in_background(call) as (trial,):
        wait_until(lambda: len(outside.requests) == 6)
        others = race(*[call] * AT_ONCE)
        go_on.set()
    later = race(*[call] * AT_ONCE)

    assert [type(other) for other in others] == [Unavailable] * AT_ONCE
    assert trial.result().status_code == 200
    assert [answer.status_code for answer in later] == [200] * AT_ONCE
    assert len(outside.requests) == 6 + AT_ONCE


def test_a_trial_that_fails_leaves_it_open_for_another_pause(outside: Timed):
    outside.always(failing(500))
    caller = service(attempts=1)
    for _ in range(5):
        fails(caller, outside.address)

    for trials in range(1, 4):
        let_time_pass(caller.breaker)
        outcomes = race(*[partial(caller.request, "GET", outside.address)] * AT_ONCE)
        assert {type(outcome) for outcome in outcomes} == {Unavailable}
        assert len(outside.requests) == 5 + trials


def test_services_have_breakers_of_their_own(outside: Timed):
    outside.then(*[failing(500)] * 5)
    broken = service(attempts=1)
    for _ in range(5):
        fails(broken, outside.address)

    assert service().request("GET", outside.address).status_code == 200


@pytest.mark.parametrize(
    "fault", [failing(500), dropped(), slow(20), None], ids=["500", "dropped", "slow", "works"]
)
def test_an_address_with_credentials_is_in_no_log_and_no_exception(
    outside: Timed, caplog: pytest.LogCaptureFixture, fault: Fault | None
):
    caplog.set_level(logging.DEBUG)
    if fault:
        outside.always(fault)
    address = outside.address.replace("//", f"//{PASSWORD}:{PASSWORD}@")
    told = ""

    try:
        service(timeout=0.2).request("GET", address, params={"password": PASSWORD})
    except Unavailable as error:
        told = f"{error!r} {error.__cause__!r} {error.__context__!r}"

    assert outside.requests[0].query == {"password": PASSWORD}
    assert bool(told) is (fault is not None)
    assert PASSWORD not in told
    assert PASSWORD not in caplog.text
    assert ("outside_call_failed" in caplog.text) is (fault is not None)


def test_a_failure_that_is_no_answer_says_what_kind_it_was(
    outside: Timed, caplog: pytest.LogCaptureFixture
):
    outside.then(failing(503), dropped())

    service().request("GET", outside.address)

    assert "'service': 'fake', 'status': 503" in caplog.text
    assert f"'error': '{httpx.RemoteProtocolError.__name__}'" in caplog.text
