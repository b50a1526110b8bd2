"""Text messages by Panacea Mobile, as its HTTPS API and its delivery reports are documented."""

from dataclasses import dataclass
from uuid import uuid4

import httpx

from tests.support.fakes.base import PATIENCE, Answer, Exchange, Fake, Fault, Request, call_back

#: Bits of a report.
DELIVERED, UNDELIVERED, QUEUED, SENT, FAILED = 1, 2, 4, 8, 16

STATUSES = {
    1: "Sent",
    0: "OK",
    -1: "No action was specified",
    -2: "No such action",
    -4: "Missing parameter",
    -8: "Authentication failed",
    -16: "Internal error",
    -32: "Routing error",
    -64: "Out of credit",
    -128: "Invalid record",
    -512: "Duplicate record found",
    -4096: "Too many connections",
    -8192: "Timeout",
}


@dataclass(frozen=True)
class TextMessage:
    """A message that was accepted."""

    id: str
    to: str
    text: str
    sender: str
    report_mask: int
    report_url: str


def answering(status: int, details: str = "") -> Fault:
    """Answer with a status of Panacea's, and leave the work undone."""

    def play(exchange: Exchange) -> None:
        exchange.send(_status(status, details))

    return play


class Panacea(Fake):
    """Panacea Mobile. ``credit`` is how many more messages it takes, None for any number."""

    username = "fundi"
    password = "panacea-password"

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[TextMessage] = []
        self.invalid_numbers: set[str] = set()
        self.credit: int | None = None
        self.detects_duplicates = False

    def answer(self, request: Request) -> Answer:
        """Take a message."""
        if request.path != "/json":
            return Answer(404)
        asked = request.query
        if asked.get("action") != "message_send":
            return _status(-2 if asked.get("action") else -1)
        for name in ("username", "password", "to", "text"):
            if not asked.get(name):
                return _status(-4, name)
        if (asked["username"], asked["password"]) != (self.username, self.password):
            return _status(-8)
        with self.lock:
            return self._take(asked)

    def report(self, message: TextMessage, mask: int) -> httpx.Response:
        """Report how a message fares, to the address that came with it."""
        url = message.report_url.replace("%d", str(mask))
        return httpx.get(url, timeout=PATIENCE)

    def reports(
        self,
        *reports: tuple[TextMessage, int],
        times: int = 1,
        backwards: bool = False,
        at_once: bool = False,
    ) -> list[httpx.Response]:
        """Report what was asked for of some messages' news; the answers, in the order of calls."""
        calls = [
            lambda message=message, mask=mask: self.report(message, mask)
            for message, mask in reports
            if message.report_url and message.report_mask & mask
        ]
        return call_back(calls, times=times, backwards=backwards, at_once=at_once)

    def _take(self, asked: dict[str, str]) -> Answer:
        to, text = asked["to"], asked["text"]
        if to in self.invalid_numbers:
            return _status(-128, to)
        if self.detects_duplicates and any((m.to, m.text) == (to, text) for m in self.messages):
            return _status(-512)
        if self.credit is not None:
            if self.credit < 1:
                return _status(-64)
            self.credit -= 1
        message = TextMessage(
            id=str(uuid4()),
            to=to,
            text=text,
            sender=asked.get("from", ""),
            report_mask=int(asked.get("report_mask", 0)),
            report_url=asked.get("report_url", ""),
        )
        self.messages.append(message)
        return _status(1, message.id)


def _status(status: int, details: str = "") -> Answer:
    body = {"status": status, "message": STATUSES[status], "details": details}
    return Answer.of_json(body)
