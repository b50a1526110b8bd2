"""What every fake HTTP service has: a socket, a record of requests, a script of faults."""

import json
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from tests.support.fakes.script import Script

#: Longer than any client of ours waits, shorter than a test may take.
PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """A request as it came. The names of headers are compared without regard to case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The fields of a body that is encoded as addresses are."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: object, status: int = 200, **headers: str) -> Self:
        """A value as JSON; underscores in the names of headers stand for dashes."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        kind = {"Content-Type": "application/json"}
        return cls(status, json.dumps(value).encode(), kind | named)


class Exchange:
    """One request, and what can be done about it: the work, an answer, hanging up."""

    def __init__(self, fake: "Fake", handler: "_Handler", request: Request) -> None:
        self.fake = fake
        self.request = request
        self._handler = handler

    def work(self) -> Answer:
        """Do what was asked for."""
        return self.fake.answer(self.request)

    def send(self, answer: Answer, *, length: int | None = None) -> None:
        """Answer; with a length, say that the body has it."""
        self._handler.send_response(answer.status)
        for name, value in answer.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(length or len(answer.body)))
        self._handler.end_headers()
        if self.request.method != "HEAD":
            self._handler.wfile.write(answer.body)

    def hang_up(self) -> None:
        """Close the connection."""
        self._handler.close_connection = True


Fault = Callable[[Exchange], None]


def slow(seconds: float) -> Fault:
    """Let the client wait, then work and answer as usual."""

    def play(exchange: Exchange) -> None:
        exchange.fake.closing.wait(seconds)
        exchange.send(exchange.work())

    return play


def held(until: Event) -> Fault:
    """Let the client wait for an event of the test, then work and answer as usual."""

    def play(exchange: Exchange) -> None:
        while not until.wait(0.02) and not exchange.fake.closing.is_set():
            pass
        exchange.send(exchange.work())

    return play


def failing(status: int = 500, *, retry_after: int | None = None, works: bool = False) -> Fault:
    """Answer with a status; the work is left undone, or done all the same."""

    def play(exchange: Exchange) -> None:
        if works:
            exchange.work()
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        exchange.send(Answer(status, b"Something went wrong.", headers))

    return play


def dropped(*, works: bool = False) -> Fault:
    """Hang up without an answer, with the work left undone or done."""

    def play(exchange: Exchange) -> None:
        if works:
            exchange.work()
        exchange.hang_up()

    return play


def garbled(exchange: Exchange) -> None:
    """Work, and answer with something that is not what was promised."""
    exchange.work()
    exchange.send(Answer(body=b"<html>It works!</html>", headers={"Content-Type": "text/html"}))


def cut_short(exchange: Exchange) -> None:
    """Work, and hang up in the middle of the answer."""
    whole = exchange.work()
    half = Answer(whole.status, whole.body[: len(whole.body) // 2], whole.headers)
    exchange.send(half, length=len(whole.body) or 1)
    exchange.hang_up()


class Fake(Script[Fault], ABC):
    """An HTTP service on a free port of this machine, while its block runs.

    A mistake of the fake's own is answered with 500 and raised at the end of the block.
    """

    def __init__(self) -> None:
        super().__init__()
        self.closing = Event()
        self.requests: list[Request] = []
        self.mistakes: list[Exception] = []
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Do what a request asks for."""

    def serve(self, exchange: Exchange) -> None:
        """Note a request and answer it, or do what the script has instead."""
        self.requests.append(exchange.request)
        fault = self._next_fault()
        if fault:
            fault(exchange)
        else:
            exchange.send(exchange.work())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.close()
        self._thread.join()
        if self.mistakes and error is None:
            raise self.mistakes[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, fake: Fake) -> None:
        self.fake = fake
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients go away as they please, and mistakes of ours are kept."""

    def close(self) -> None:
        """Wake the threads that wait for another request, and wait for all."""
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is written in two parts, of which the second would wait for a receipt of the first.
    disable_nagle_algorithm = True
    server: _Server

    def handle_any(self) -> None:
        """Read the request and have the fake answer it."""
        fake = self.server.fake
        exchange = Exchange(fake, self, self._request())
        try:
            fake.serve(exchange)
        except ConnectionError:
            self.close_connection = True
        except Exception as mistake:  # noqa: BLE001 - raised in the thread of the test
            fake.mistakes.append(mistake)
            exchange.send(Answer(500, repr(mistake).encode()))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, unquote(parts.path), query, self.headers, body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: the fake has its record of requests."""


Call = Callable[[], httpx.Response]


def call_back(
    calls: Sequence[Call], *, times: int = 1, backwards: bool = False, at_once: bool = False
) -> list[httpx.Response]:
    """Call the product back: in order or backwards, once or again and again, or all at once."""
    ordered = [call for call in (reversed(calls) if backwards else calls) for _ in range(times)]
    with ThreadPoolExecutor(len(ordered) if at_once and ordered else 1) as pool:
        return list(pool.map(lambda call: call(), ordered))
