"""What can go wrong with every fake HTTP service, seen from the other end of a real socket."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.support.fakes.base import (
    Answer,
    Fake,
    Fault,
    Request,
    call_back,
    cut_short,
    dropped,
    failing,
    garbled,
    held,
    slow,
)
from tests.support.races import race
from tests.support.threads import wait_until


class Counter(Fake):
    """Counts what it has done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Request] = []

    def answer(self, request: Request) -> Answer:
        """Count."""
        self.done.append(request)
        return Answer.of_json({"done": len(self.done)})


class Mistaken(Fake):
    """Does not know what it does."""

    def answer(self, request: Request) -> Answer:
        """Fail."""
        raise ZeroDivisionError


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A service that counts."""
    with Counter() as fake:
        yield fake


def test_it_keeps_each_request_as_it_came(counter: Counter):
    url = f"{counter.address}/a%20path?one=1&none="

    answer = httpx.post(url, content=b"\0body", headers={"X-Told": "yes"})

    (request,) = counter.requests
    assert answer.json() == {"done": 1}
    assert (request.method, request.path) == ("POST", "/a path")
    assert (request.query, request.body) == ({"one": "1", "none": ""}, b"\0body")
    assert request.headers["x-told"] == "yes"


def test_connections_are_kept_open_and_closed_with_it(counter: Counter):
    with httpx.Client(base_url=counter.address) as client:
        told = [client.get("/").json()["done"] for _ in range(20)]
        counter.__exit__(None, None, None)

        with pytest.raises(httpx.TransportError):
            client.get("/")
    assert told == list(range(1, 21))


def test_many_are_served_at_once(counter: Counter):
    release = Event()
    counter.always(held(release))

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(httpx.get, counter.address) for _ in range(16)]
        wait_until(lambda: len(counter.requests) == 16)
        before = len(counter.done)
        release.set()

    assert before == 0
    assert sorted(each.result().json()["done"] for each in answers) == list(range(1, 17))


def test_it_can_be_slow(counter: Counter):
    counter.then(slow(0.3), slow(30))

    start = time.monotonic()
    patient = httpx.get(counter.address)
    took = time.monotonic() - start
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(counter.address, timeout=0.1)

    assert (patient.json(), took >= 0.3) == ({"done": 1}, True)


def test_an_end_does_not_wait_for_what_is_slow_or_held():
    with Counter() as fake:
        fake.then(slow(50), held(Event()))
        for _ in range(2):
            with pytest.raises(httpx.ReadTimeout):
                httpx.get(fake.address, timeout=0.1)
        start = time.monotonic()

    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("works", "done"), [(False, 0), (True, 1)])
def test_it_can_answer_a_status(counter: Counter, works: bool, done: int):
    counter.then(failing(500, works=works))

    answer = httpx.get(counter.address)

    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
    assert len(counter.done) == done


def test_it_can_say_when_to_come_again(counter: Counter):
    counter.then(failing(429, retry_after=7))

    answer = httpx.get(counter.address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(("works", "done"), [(False, 0), (True, 1)])
def test_it_can_hang_up_before_and_after_the_work(counter: Counter, works: bool, done: int):
    counter.then(dropped(works=works))

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(counter.address)

    assert (len(counter.requests), len(counter.done)) == (1, done)


def test_it_can_answer_what_is_no_json(counter: Counter):
    counter.then(garbled)

    answer = httpx.get(counter.address)

    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_it_can_hang_up_in_the_middle_of_an_answer(counter: Counter):
    counter.then(cut_short)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        httpx.get(counter.address)

    assert len(counter.done) == 1


def test_the_script_is_played_in_order_and_then_all_is_well(counter: Counter):
    faults: list[Fault | None] = [failing(500), None, failing(503)]
    counter.then(*faults)

    statuses = [httpx.get(counter.address).status_code for _ in range(5)]

    assert statuses == [500, 200, 503, 200, 200]


def test_an_outage_lasts_until_it_is_over(counter: Counter):
    counter.always(failing(503))
    during = [httpx.get(counter.address).status_code for _ in range(3)]

    counter.recover()

    assert during == [503] * 3
    assert httpx.get(counter.address).status_code == 200


def test_a_mistake_of_the_fakes_own_reaches_the_test():
    with pytest.raises(ZeroDivisionError), Mistaken() as fake:
        answer = httpx.get(fake.address)

    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({}, ["/1", "/2", "/3"]),
        ({"backwards": True}, ["/3", "/2", "/1"]),
        ({"times": 2}, ["/1", "/1", "/2", "/2", "/3", "/3"]),
    ],
)
def test_calls_back_can_be_repeated_and_reordered(
    counter: Counter, options: dict[str, int], order: list[str]
):
    calls = [lambda n=n: httpx.get(f"{counter.address}/{n}") for n in (1, 2, 3)]

    answers = call_back(calls, **options)

    assert [request.path for request in counter.requests] == order
    assert len(answers) == len(order)


def test_calls_back_can_be_made_all_at_once(counter: Counter):
    release = Event()
    counter.always(held(release))
    calls = [lambda: httpx.get(counter.address)] * 8

    def let_go() -> None:
        wait_until(lambda: len(counter.requests) == 8)
        release.set()

    answers, _ = race(lambda: call_back(calls, at_once=True), let_go)

    assert [answer.status_code for answer in answers] == [200] * 8
