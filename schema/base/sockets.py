"""GraphQL over WebSocket: graphql-transport-ws on Channels, one context and thread an operation."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import Any
from weakref import WeakSet

import orjson
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from graphql import (
    ExecutionResult as CoreResult,
)
from graphql import GraphQLError, OperationType
from graphql.execution import create_source_event_stream
from strawberry import Schema
from strawberry.channels import GraphQLWSConsumer
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.execution import ExecutionResult

from apps.accounts import tokens
from apps.accounts.access import viewer_of_token
from apps.accounts.errors import InvalidAccessToken
from schema.base.context import Context
from schema.base.errors import RequestError, present
from schema.base.execution import (
    InvalidDocument,
    PayloadTransactions,
    Prepared,
    execute,
    in_thread,
    prepare_for,
)
from schema.base.http import address_of, bearer, new_request_id
from schema.base.news import news

log = structlog.get_logger(__name__)

#: Seconds between tries to look at a session while the database is away.
CHECK_INTERVAL = 0.5

#: What a frame's fields must be, by its type; absent is allowed where None stands among them.
FRAMES: dict[str, dict[str, tuple[type | None, ...]]] = {
    "connection_init": {"payload": (dict, None)},
    "ping": {"payload": (dict, None)},
    "pong": {"payload": (dict, None)},
    "subscribe": {"id": (str,), "payload": (dict,)},
    "complete": {"id": (str,)},
}
SUBSCRIBE: dict[str, tuple[type | None, ...]] = {
    "query": (str,),
    "variables": (dict, None),
    "extensions": (dict, None),
    "operationName": (str, None),
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


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Runs a socket's operations as its token's viewer."""

    schema: Schema
    token: str | None = None
    ip_address: str | None = None
    user_agent: str = ""
    watch: asyncio.Task[None] | None = None

    async def handle_message(self, message: Any) -> None:
        """Act on a frame that is well formed; close with 4400 on any other."""
        problem = frame_problem(message)
        if problem:
            await self.handle_invalid_message(problem)
        else:
            await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """Take the access token from the payload; close with 4403 when it is not valid."""
        payload = message.get("payload") or {}
        message["payload"] = payload
        if self.connection_init_received:
            await super().handle_connection_init(message)
            return
        header = next((v for k, v in payload.items() if k.lower() == "authorization"), None)
        try:
            token = bearer(header if isinstance(header, str) else None)
            viewer = await in_thread(lambda: viewer_of_token(token))
        except InvalidAccessToken:
            await self.websocket.close(code=4403, reason="Forbidden: invalid_token")
            return
        except DatabaseError:
            await self.websocket.close(code=1013, reason="Try again later")
            return
        self.token = token
        self._note_caller()
        if viewer.user_id:
            self.watch = asyncio.create_task(self._close_when_invalid(f"user:{viewer.user_id}"))
        await super().handle_connection_init(message)

    def _note_caller(self) -> None:
        scope = self.websocket.ws_consumer.scope  # type: ignore[attr-defined]
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        peer = (scope.get("client") or (None,))[0]
        self.ip_address = address_of(peer, headers.get("x-forwarded-for"))
        self.user_agent = headers.get("user-agent", "")

    async def _close_when_invalid(self, topic: str) -> None:
        """Close the socket when its token expires, or its session or membership ends; and when it
        can no longer be told.
        """
        watching = asyncio.ensure_future(self._while_valid(topic))
        try:
            await asyncio.wait([watching])
        finally:
            watching.cancel()
        failure = watching.exception()
        if failure and not isinstance(failure, TimeoutError):
            log.error("session_watch_failed", exc_info=failure)
        await self.websocket.close(code=4403, reason="Forbidden: invalid_token")

    async def _while_valid(self, topic: str) -> None:
        async with (
            asyncio.timeout(tokens.seconds_left(self.token or "")),
            news().bell(topic) as bell,
        ):
            while await self._is_valid():
                await bell.wait()
                bell.clear()

    async def _is_valid(self) -> bool:
        while True:
            try:
                await in_thread(lambda: viewer_of_token(self.token))
            except InvalidAccessToken:
                return False
            except DatabaseError:
                # Crowded or away: the bell may have rung for the end, so it is asked again.
                log.warning("session_not_checked", exc_info=True)
                await asyncio.sleep(CHECK_INTERVAL)
            else:
                return True

    async def shutdown(self) -> None:
        """End the socket's operations, and the watch over its session."""
        if self.watch is not None:
            self.watch.cancel()
        await super().shutdown()

    def _context(self, request_id: str) -> Context:
        return Context(
            request_id=request_id,
            token=self.token,
            ip_address=self.ip_address,
            user_agent=self.user_agent,
        )

    async def handle_subscribe(self, message: Any) -> None:
        """Start an operation; refuse it, with a code, where too many run already."""
        limit = self.max_subscriptions_per_connection
        is_new = message["id"] not in self.operations
        if limit is not None and len(self.operations) >= limit and is_new:
            error = RequestError("Too many operations run on this socket.", "too_many_operations")
            frame: Any = {"id": message["id"], "type": "error", "payload": [error.formatted]}
            await self.send_message(frame)
        else:
            await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run an operation to its end and say how it ended, whatever happens in it."""
        context = self._context(new_request_id())
        try:
            prepared = await prepare_for(
                self.token, self.schema, operation.query, operation.operation_name
            )
            if prepared.kind is OperationType.SUBSCRIPTION:
                await self._stream(operation, prepared, context)
            else:
                result = await self._execute(operation, prepared, context)
                await operation.send_next(result)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except InvalidDocument as invalid:
            await self._refuse(operation, invalid.errors, context)
        except GraphQLError as error:
            await self._refuse(operation, [error], context)
        except Exception as error:  # noqa: BLE001 - the edge: a stream's failure is masked here
            await self._refuse(operation, [GraphQLError(str(error), original_error=error)], context)

    async def _execute(
        self,
        operation: Operation[Context, None],
        prepared: Prepared,
        context: Context,
        root: Any = None,
    ) -> ExecutionResult:
        result: ExecutionResult = await in_thread(
            lambda: execute(self.schema, prepared, operation.variables, context, root)
        )
        return result

    async def _stream(
        self,
        operation: Operation[Context, None],
        prepared: Prepared,
        context: Context,
    ) -> None:
        source = await self._source(operation, prepared, context)
        async with aclosing(source):  # type: ignore[type-var]
            async for event in source:
                fresh = self._context(context.request_id)
                result = await self._execute(operation, prepared, fresh, root=event)
                await operation.send_next(result)

    async def _source(
        self,
        operation: Operation[Context, None],
        prepared: Prepared,
        context: Context,
    ) -> AsyncIterable[Any]:
        executor = PayloadTransactions.build(
            self.schema._schema,
            prepared.document,
            context_value=context,
            raw_variable_values=operation.variables,
            operation_name=operation.operation_name,
        )
        if isinstance(executor, list):
            raise InvalidDocument(executor)
        found = create_source_event_stream(executor)
        source = found if isinstance(found, AsyncIterable | CoreResult) else await found
        if isinstance(source, CoreResult):
            raise InvalidDocument(source.errors or [])
        return source

    async def _refuse(
        self, operation: Operation[Context, None], errors: list[GraphQLError], context: Context
    ) -> None:
        shown = [present(error, context.request_id) for error in errors]
        await operation.send_initial_errors(shown)


class GraphQLSocket(GraphQLWSConsumer[Context, None]):
    """The WebSocket side of the endpoint."""

    graphql_transport_ws_handler_class = Handler
    #: None that is configured: the process has one channel, in ``news``, and sockets open without
    #: Redis.
    channel_layer_alias = "none"
    live: WeakSet["GraphQLSocket"] = WeakSet()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=settings.SOCKET_INIT_SECONDS),
            max_subscriptions_per_connection=settings.SUBSCRIPTIONS_PER_SOCKET,
            **kwargs,
        )

    async def connect(self) -> None:
        """Be among those that are told when the server goes."""
        self.live.add(self)
        await super().connect()

    async def disconnect(self, code: int) -> None:
        """End the socket's operations."""
        self.live.discard(self)
        await super().disconnect(code)

    async def get_context(self, request: Any, response: Any) -> Context:
        """The socket's own context; each operation gets another."""
        return Context(request_id=new_request_id())

    def decode_json(self, data: str | bytes) -> object:
        """Read a frame, as strictly as a body; raises JSONDecodeError."""
        return orjson.loads(data)

    def is_websocket_origin_allowed(self, request: Any, origin: str) -> bool:
        """Any page may connect: the token in connection_init says who it is, and no cookie does."""
        return True


async def close_sockets() -> None:
    """Tell all clients of this process to connect to another one.

    By 1001, or by 4001 where the server refuses to send that one, as daphne does.
    """
    sockets = list(GraphQLSocket.live)
    for code in (1001, 4001):
        closing = [socket.close(code=code, reason="Going away") for socket in sockets]
        failures = await asyncio.gather(*closing, return_exceptions=True)
        sockets = [socket for socket, failure in zip(sockets, failures, strict=True) if failure]
