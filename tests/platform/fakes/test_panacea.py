"""The fake of Panacea Mobile."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.fakes.base import Answer, Fake, Request
from tests.support.fakes.panacea import (
    DELIVERED,
    FAILED,
    QUEUED,
    SENT,
    Panacea,
    answering,
)


class Listener(Fake):
    """What is called when a message fares on."""

    def answer(self, request: Request) -> Answer:
        """Say thanks."""
        return Answer()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A product that takes reports."""
    with Listener() as fake:
        yield fake


def _send(panacea: Panacea, **changes: Any) -> dict[str, Any]:
    asked = {
        "action": "message_send",
        "username": panacea.username,
        "password": panacea.password,
        "to": "27821340000",
        "from": "Fundi",
        "text": "Hello & wëlcome",
    } | changes
    given = {name: value for name, value in asked.items() if value is not None}
    told: dict[str, Any] = httpx.get(f"{panacea.address}/json", params=given).json()
    return told


def test_it_keeps_what_it_accepts(panacea: Panacea):
    told = _send(panacea, report_mask="19", report_url="https://fundi.test/r?t=1&s=%d")

    (message,) = panacea.messages
    assert told == {"status": 1, "message": "Sent", "details": message.id}
    assert (message.to, message.text, message.sender) == (
        *("27821340000", "Hello & wëlcome"),
        "Fundi",
    )
    assert (message.report_mask, message.report_url) == (19, "https://fundi.test/r?t=1&s=%d")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"action": None}, -1),
        ({"action": "user_delete"}, -2),
        ({"text": None}, -4),
        ({"to": ""}, -4),
        ({"password": "guess"}, -8),
        ({"username": "stranger"}, -8),
        ({"to": "27"}, -128),
    ],
)
def test_it_refuses_what_is_wrong(panacea: Panacea, changes: dict[str, Any], status: int):
    panacea.invalid_numbers.add("27")

    told = _send(panacea, **changes)

    assert told["status"] == status
    assert panacea.messages == []


def test_it_runs_out_of_credit(panacea: Panacea):
    panacea.credit = 2

    statuses = [_send(panacea, text=str(number))["status"] for number in range(3)]

    assert statuses == [1, 1, -64]
    assert len(panacea.messages) == 2


def test_it_tells_duplicates_when_told_to(panacea: Panacea):
    before = [_send(panacea)["status"], _send(panacea)["status"]]

    panacea.detects_duplicates = True

    assert before == [1, 1]
    assert _send(panacea)["status"] == -512
    assert _send(panacea, text="Another")["status"] == 1
    assert _send(panacea, to="27821340001")["status"] == 1


@pytest.mark.parametrize("status", [-16, -32, -4096, -8192])
def test_it_can_have_troubles_of_its_own(panacea: Panacea, status: int):
    panacea.then(answering(status))

    told = _send(panacea)

    assert (told["status"], panacea.messages) == (status, [])


def test_a_report_goes_to_the_address_that_came_with_the_message(
    panacea: Panacea, listener: Listener
):
    _send(panacea, report_mask="19", report_url=f"{listener.address}/r?token=x%41&status=%d")

    answer = panacea.report(panacea.messages[0], FAILED)

    (request,) = listener.requests
    assert answer.status_code == 200
    assert (request.method, request.path) == ("GET", "/r")
    assert request.query == {"token": "xA", "status": "16"}


def test_reports_are_those_asked_for_repeated_and_out_of_order(
    panacea: Panacea, listener: Listener
):
    _send(panacea, report_mask=str(SENT | DELIVERED), report_url=f"{listener.address}/%d")
    _send(panacea, text="No reports, please")
    message, silent = panacea.messages
    reports = [(message, QUEUED), (message, SENT), (message, DELIVERED), (silent, DELIVERED)]

    panacea.reports(*reports, times=2, backwards=True)

    assert [request.path for request in listener.requests] == ["/1", "/1", "/8", "/8"]


def test_reports_can_come_all_at_once(panacea: Panacea, listener: Listener):
    _send(panacea, report_mask="1", report_url=f"{listener.address}/%d")

    answers = panacea.reports((panacea.messages[0], DELIVERED), times=8, at_once=True)

    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(listener.requests) == 8
