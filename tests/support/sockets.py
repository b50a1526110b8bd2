"""A client that speaks graphql-transport-ws frame by frame, also wrongly."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PROTOCOL = "graphql-transport-ws"
Frame = dict[str, Any]


class Socket:
    """A connection to the endpoint."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, frame: object) -> None:
        """Send a frame; text and bytes go as they are."""
        self.connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def receive(self, *, within: float = 10) -> Frame:
        """The next frame. Raises TimeoutError."""
        frame: Frame = json.loads(self.connection.recv(within))
        return frame

    def init(self, token: str | None = None) -> "Socket":
        """Sign in, with a token or as nobody, and await the confirmation."""
        payload = {"authorization": f"Bearer {token}"} if token else {}
        self.send({"type": "connection_init", "payload": payload})
        assert self.receive() == {"type": "connection_ack"}
        return self

    def subscribe(self, id: str, query: str, **payload: Any) -> None:
        """Start an operation."""
        self.send({"id": id, "type": "subscribe", "payload": {"query": query} | payload})

    def complete(self, id: str) -> None:
        """Stop an operation."""
        self.send({"id": id, "type": "complete"})

    def answer(self) -> dict[str, Frame]:
        """The payload of the next answer, by its operation's id; questions for a sign of life,
        which come where much is to be read, are answered.
        """
        while (frame := self.receive())["type"] == "ping":
            self.send({"type": "pong"})
        assert frame["type"] == "next", frame
        return {frame["id"]: frame["payload"]}

    def error(self, *, within: float = 10) -> tuple[str, str]:
        """The id and the only code of the next frame, an operation's refusal."""
        frame = self.receive(within=within)
        assert frame["type"] == "error", frame
        (error,) = frame["payload"]
        return frame["id"], error["extensions"]["code"]

    def closed(self, *, within: float = 10) -> tuple[int, str]:
        """The code and reason of the close that follows at once. Raises TimeoutError."""
        try:
            frame = self.connection.recv(within)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "The connection broke off."
            return closed.rcvd.code, closed.rcvd.reason
        raise AssertionError(f"Not closed, but: {frame!r}")

    def is_silent(self, *, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a while, and the socket still answers a ping."""
        start = time.monotonic()
        try:
            self.connection.recv(seconds)
        except TimeoutError:
            self.send({"type": "ping"})
            return self.receive() == {"type": "pong"} and time.monotonic() - start >= seconds
        return False


@contextmanager
def connected(
    url: str,
    *,
    protocol: str | None = PROTOCOL,
    token: str | None = None,
    init: bool = False,
    **options: Any,
) -> Iterator[Socket]:
    """A socket for a block; with ``token`` or ``init`` it is signed in. Options are connect's."""
    protocols = [Subprotocol(protocol)] if protocol else None
    options |= {"subprotocols": protocols, "compression": None, "close_timeout": 1}
    with connect(url, **options) as connection:
        socket = Socket(connection)
        yield socket.init(token) if token or init else socket


@contextmanager
def all_connected(url: str, *tokens: str) -> Iterator[list[Socket]]:
    """A signed-in socket for each token, for a block."""
    with ExitStack() as stack:
        yield [stack.enter_context(connected(url, token=token)) for token in tokens]
