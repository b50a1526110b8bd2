"""GraphQL over WebSocket: graphql-transport-ws on Channels, as
github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md says it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar, NoReturn

import orjson
from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from strawberry import Schema

from apps.accounts.errors import InvalidAccessToken
from apps.accounts.tokens import AccessToken
from schema.base.context import Context
from schema.base.errors import RequestError
from schema.base.http import address_of, bearer, new_request_id, parameters_of
from schema.base.operations import Operation, errors_of
from schema.base.outbox import Outbox, Stalled
from schema.base.watch import watch

PROTOCOL = "graphql-transport-ws"

#: What a frame's fields must be, by its type; absent is allowed where None stands among them.
FRAMES: dict[str, dict[str, tuple[type | None, ...]]] = {
    "connection_init": {"payload": (dict, None)},
    "ping": {"payload": (dict, None)},
    "pong": {"payload": (dict, None)},
    "subscribe": {"id": (str,), "payload": (dict,)},
    "complete": {"id": (str,)},
}
SUBSCRIBE: dict[str, tuple[type | None, ...]] = {
    "query": (str, None),
    "variables": (dict, None),
    "extensions": (dict, None),
    "operationName": (str, None),
    "documentId": (str, None),
}


def frame_problem(frame: object) -> str | None:
    """What is wrong with a frame, or None: a handler that meets a bad one dies unseen."""
    if not isinstance(frame, dict):
        return "A message must be an object"
    kind = frame.get("type")
    if not isinstance(kind, str) or kind not in FRAMES:
        return "Unknown message type"
    problem = _fields_problem(frame, FRAMES[kind])
    if problem is None and kind == "subscribe":
        problem = _fields_problem(frame["payload"], SUBSCRIBE)
        if problem is None and frame["payload"].get("query") is None:
            named = parameters_of(frame["payload"]).names_a_document
            problem = None if named else "Invalid query"
    if problem is None and frame.get("id") == "":
        problem = "Invalid id"
    return problem


def _fields_problem(
    values: Mapping[str, object], fields: Mapping[str, tuple[type | None, ...]]
) -> str | None:
    for name, allowed in fields.items():
        value = values.get(name)
        types = tuple(kind for kind in allowed if kind is not None)
        if not (isinstance(value, types) or (value is None and None in allowed)):
            return f"Invalid {name}"
    return None


class SocketOperation(Operation):
    """An operation that a client asked for over a socket, under its id."""

    __slots__ = ("id", "request_id", "socket", "task")

    def __init__(self, socket: "GraphQLSocket", id: str) -> None:
        super().__init__()
        self.socket, self.id = socket, id
        self.request_id = new_request_id()
        self.task: asyncio.Task[None] | None = None

    @property
    def schema(self) -> Schema:  # type: ignore[override]
        """The socket's."""
        return self.socket.schema

    @property
    def claims(self) -> AccessToken | None:  # type: ignore[override]
        """The socket's."""
        return self.socket.claims

    @property
    def outbox(self) -> Outbox:  # type: ignore[override]
        """The socket's."""
        return self.socket.outbox

    def context(self) -> Context:
        """The socket's caller."""
        return Context(
            request_id=self.request_id,
            claims=self.socket.claims,
            ip_address=self.socket.ip_address,
            user_agent=self.socket.user_agent,
        )

    def next(self, payload: str) -> None:
        """Send an answer."""
        name = orjson.dumps(self.id).decode()
        self.socket.put(f'{{"id":{name},"type":"next","payload":{payload}}}')

    def complete(self) -> None:
        """Say that there is no more to come."""
        if self.end():
            self.socket.tell({"id": self.id, "type": "complete"})

    def fail(self, error: BaseException) -> None:
        """Say why there is no more to come; close the socket where it is not read."""
        if isinstance(error, Stalled):
            self.socket.leave(4429, "Too slow: what you asked for is not read")
        elif self.end():
            shown = errors_of(error, self.request_id)
            self.socket.tell({"id": self.id, "type": "error", "payload": shown})

    def end(self) -> bool:
        """Free the id; whether it was still in use."""
        self.leave()
        return self.socket.operations.pop(self.id, None) is self

    def ran(self, _task: "asyncio.Task[None]") -> None:
        """Forget the task, as the hub goes on without it."""
        self.task = None

    def stop(self) -> None:
        """End it without a word."""
        self.end()
        if self.task is not None:
            self.task.cancel()


class GraphQLSocket(AsyncConsumer):  # type: ignore[misc]
    """The WebSocket side of the endpoint: who is connected, and what they asked for."""

    #: None that is configured: the process has one channel, in ``news``, and sockets open without
    #: Redis.
    channel_layer_alias = "none"
    live: ClassVar[set["GraphQLSocket"]] = set()

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.claims: AccessToken | None = None
        self.ip_address: str | None = None
        self.user_agent = ""
        self.operations: dict[str, SocketOperation] = {}
        self.outbox = Outbox(self._send, self._ask)
        self._was_init = self._is_known = self._is_closed = False
        self._init_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        #: What runs in threads, also for operations that were stopped: a thread cannot be.
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve it until it ends, and leave nothing behind however it does."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._end()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Act on what the server says. No database connection is in use in the loop's thread."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, _message: Any) -> None:
        """Open it, for those who speak the protocol; any page may: the token in connection_init
        says who it is, and no cookie does.
        """
        self.live.add(self)
        if PROTOCOL not in self.scope["subprotocols"]:
            await self.send({"type": "websocket.accept"})
            await self.close(4406, "Subprotocol not acceptable")
            return
        await self.send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        loop = asyncio.get_running_loop()
        self._init_timer = loop.call_later(
            settings.SOCKET_INIT_SECONDS, self.leave, 4408, "Connection initialisation timeout"
        )

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Act on a frame that is well formed; close with 4400 on any other."""
        if self._is_closed:
            return
        frame, problem = _read(message.get("text"))
        if problem:
            await self.close(4400, problem)
        elif frame["type"] == "connection_init":
            await self._init(frame.get("payload") or {})
        elif frame["type"] == "ping":
            self.tell({"type": "pong"})
        elif frame["type"] == "pong":
            self.outbox.heard()
        elif frame["type"] == "subscribe":
            await self._subscribe(frame["id"], frame["payload"])
        elif frame["id"] in self.operations:
            self.operations[frame["id"]].stop()

    async def websocket_disconnect(self, _message: Any) -> NoReturn:
        """End it."""
        raise StopConsumer

    async def _end(self) -> None:
        """End its operations, and the watch over its session."""
        self.live.discard(self)
        self._is_closed = True
        self._stop_timer()
        self.outbox.close()
        for operation in list(self.operations.values()):
            operation.stop()
        await asyncio.gather(*self._running, return_exceptions=True)
        await watch().dismiss(self)

    def put(self, frame: str) -> None:
        """Send a frame, after those that wait."""
        if not self._is_closed:
            self.outbox.put(frame)

    def tell(self, frame: dict[str, Any]) -> None:
        """Send a frame that is no answer; to who asks without reading, none."""
        if self.outbox.is_overfull:
            self.leave(4429, "Too slow: what you asked for is not read")
        else:
            self.put(orjson.dumps(frame).decode())

    @property
    def most(self) -> int:
        """How many sockets one user may have open in a process."""
        return int(settings.SOCKETS_PER_USER)

    def expire(self) -> None:
        """Close it, for its session or membership ended."""
        self.leave(4403, "Forbidden: invalid_token")

    def give_way(self) -> None:
        """Close it, for its user opened too many more."""
        self.leave(4429, "Too many sockets of one user")

    def leave(self, code: int, reason: str) -> None:
        """Close it, and do not wait for that."""
        self._closing = asyncio.create_task(self.close(code, reason))

    async def close(self, code: int, reason: str) -> None:
        """Close it, whatever waits to be sent. Servers refuse some codes by an exception."""
        self._is_closed = True
        self._stop_timer()
        self.outbox.close()
        # Who has gone need not be told.
        with suppress(OSError, RuntimeError):
            await self.send({"type": "websocket.close", "code": code, "reason": reason})

    async def _init(self, payload: dict[str, Any]) -> None:
        if self._was_init:
            await self.close(4429, "Too many initialisation requests")
            return
        self._was_init = True
        self._stop_timer()
        header = next((v for k, v in payload.items() if k.lower() == "authorization"), None)
        try:
            token = bearer(header if isinstance(header, str) else None)
            if token is not None and not await watch().admit(self, token):
                raise InvalidAccessToken
        except InvalidAccessToken:
            self.expire()
        except DatabaseError:
            await self.close(1013, "Try again later")
        else:
            self._note_caller()
            self._is_known = True
            self.tell({"type": "connection_ack"})

    def _note_caller(self) -> None:
        headers = {name.decode(): value.decode("latin-1") for name, value in self.scope["headers"]}
        peer = (self.scope.get("client") or (None,))[0]
        self.ip_address = address_of(peer, headers.get("x-forwarded-for"))
        self.user_agent = headers.get("user-agent", "")

    async def _subscribe(self, id: str, payload: dict[str, Any]) -> None:
        if not self._is_known:
            await self.close(4401, "Unauthorized")
        elif id in self.operations:
            await self.close(4409, f"Subscriber for {id} already exists")
        elif max(len(self.operations), len(self._running)) >= settings.SUBSCRIPTIONS_PER_SOCKET:
            error = RequestError("Too many operations run on this socket.", "too_many_operations")
            self.tell({"id": id, "type": "error", "payload": [error.formatted]})
        else:
            operation = self.operations[id] = SocketOperation(self, id)
            operation.task = asyncio.create_task(operation.run(parameters_of(payload)))
            operation.task.add_done_callback(operation.ran)
            self._running.add(operation.task)
            operation.task.add_done_callback(self._running.discard)

    def _stop_timer(self) -> None:
        if self._init_timer is not None:
            self._init_timer.cancel()
            self._init_timer = None

    async def _send(self, frame: str) -> None:
        await self.base_send({"type": "websocket.send", "text": frame})

    async def _ask(self) -> None:
        await self._send('{"type":"ping"}')


def _read(text: str | None) -> tuple[Any, str | None]:
    """A frame, and what is wrong with it."""
    if text is None:
        return None, "WebSocket message type must be text"
    if len(text) > settings.BODY_MAX_BYTES:
        return None, "The message is too large"
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None, "WebSocket message must be valid JSON"
    return frame, frame_problem(frame)


async def close_sockets() -> None:
    """Tell all clients of this process to connect to another one.

    By 1001, or by 4001 where the server refuses to send that one, as daphne does.
    """
    sockets = list(GraphQLSocket.live)
    for code in (1001, 4001):
        closing = [socket.close(code, "Going away") for socket in sockets]
        failures = await asyncio.gather(*closing, return_exceptions=True)
        sockets = [socket for socket, failure in zip(sockets, failures, strict=True) if failure]
