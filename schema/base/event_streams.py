"""Answers that are sent one by one over HTTP: Server-Sent Events, as
github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md says it (its distinct connections mode),
and Apollo's multipart protocol for subscriptions.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakSet

import orjson
from django.conf import settings
from strawberry import Schema
from strawberry.http.streaming import (
    HTTPStreamTransport,
    MultipartSubscriptionTransport,
    SSETransport,
)

from apps.accounts.errors import InvalidAccessToken
from schema.base.context import Context
from schema.base.errors import RequestError
from schema.base.http import GraphQLRequest
from schema.base.loops import process_task
from schema.base.operations import Operation, errors_of
from schema.base.outbox import Outbox, Stalled
from schema.base.watch import watch

#: Frames end with one that is empty.
END = ""


def transport_for(accept: str) -> HTTPStreamTransport | None:
    """How a client that accepts a stream is to be sent one; None for those who want one answer."""
    transports = (SSETransport(), MultipartSubscriptionTransport())
    return next((each for each in transports if each.accepts(accept)), None)


class EventStream(Operation):
    """An operation whose answers are the parts of one response."""

    live: WeakSet["EventStream"] = WeakSet()

    def __init__(self, schema: Schema, context: Context, transport: HTTPStreamTransport) -> None:
        super().__init__()
        self.schema, self.claims = schema, None
        self.transport = transport
        self._asked_by = context
        self._ready: asyncio.Queue[str] = asyncio.Queue(1)
        self.outbox = Outbox(self._ready.put)
        self._is_over = False
        self._task: asyncio.Task[None] | None = None
        #: Sends the response, for as long as it goes on.
        self._sender: asyncio.Task[Any] | None = None

    async def admit(self, token: str | None) -> None:
        """Watch over its session. Raises InvalidAccessToken."""
        admitted = False
        try:
            admitted = token is None or await watch().admit(self, token)
        finally:
            if not admitted:
                await watch().dismiss(self)
        if not admitted:
            raise InvalidAccessToken

    async def parts(self, request: GraphQLRequest) -> AsyncIterator[str]:
        """The response's parts, for as long as they are read: a sign of life at once, the answers
        of the operation, and more signs of life while there are none.
        """
        self.live.add(self)
        self._sender = asyncio.current_task()
        self._task = asyncio.create_task(self.run(request))
        part = self._heartbeat()
        try:
            while part:
                yield part
                part = await self._next()
        finally:
            self._sender = None
            await self._end()

    async def _end(self) -> None:
        self.live.discard(self)
        self._is_over = True
        self.leave()
        if self._task is not None:
            self._task.cancel()
        self.outbox.close()
        await watch().dismiss(self)

    def context(self) -> Context:
        """The request's caller."""
        asked = self._asked_by
        return Context(
            request_id=asked.request_id,
            claims=self.claims,
            ip_address=asked.ip_address,
            user_agent=asked.user_agent,
        )

    def next(self, payload: str) -> None:
        """Send an answer."""
        answer: Any = orjson.Fragment(payload)
        self._put(self.transport.encode_next(answer, _json))

    def complete(self) -> None:
        """Say that there is no more to come."""
        self._put(self.transport.encode_complete())
        self.stop()

    def fail(self, error: BaseException) -> None:
        """Say why there is no more to come; to a client that does not read, nothing."""
        if not isinstance(error, Stalled):
            shown = errors_of(error, self._asked_by.request_id)
            self.next(_json({"errors": shown}))
            self._put(self.transport.encode_complete())
        self.stop()

    @property
    def most(self) -> int:
        """How many one user may have open in a process: as many as operations on a socket."""
        return int(settings.SUBSCRIPTIONS_PER_SOCKET)

    def give_way(self) -> None:
        """End it, for its user opened too many more."""
        self.fail(RequestError("Too many streams of one user.", "too_many_operations"))

    def expire(self) -> None:
        """End it, for its session or membership ended."""
        self.fail(InvalidAccessToken())

    def stop(self) -> None:
        """End the response after what was put into it: unless it is complete, clients ask again."""
        self.leave()
        self._put(END)
        self._is_over = True
        loop = asyncio.get_running_loop()
        loop.call_later(settings.SOCKET_STALL_SECONDS, self._cut_off)

    def _cut_off(self) -> None:
        """End the response before its end, for a client that does not read so far."""
        if self._sender is not None:
            self._sender.cancel()
            # The generator of its parts will not be asked again.
            process_task(self._end())

    def _put(self, part: str) -> None:
        if not self._is_over:
            self.outbox.put(part)

    async def _next(self) -> str:
        try:
            async with asyncio.timeout(self.transport.heartbeat_interval):
                return await self._ready.get()
        except TimeoutError:
            return self._heartbeat()

    def _heartbeat(self) -> str:
        return self.transport.heartbeat_message(_json)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def close_streams() -> None:
    """End all responses of this process that go on, so that their clients ask another one."""
    for stream in list(EventStream.live):
        stream.stop()
