"""How one operation runs whose answers are sent one by one: over a socket, or a response that goes
on.
"""

from abc import ABC, abstractmethod
from contextlib import aclosing
from functools import partial
from typing import Any

from graphql import GraphQLError, OperationType
from strawberry import Schema
from strawberry.types.execution import ExecutionResult

from apps.accounts.tokens import AccessToken
from schema.base.context import Context
from schema.base.errors import present
from schema.base.execution import (
    InvalidDocument,
    Prepared,
    execute,
    in_thread,
    source_of,
)
from schema.base.http import GraphQLRequest
from schema.base.hub import hub
from schema.base.judging import payload_of
from schema.base.listeners import Listener
from schema.base.outbox import Outbox
from schema.base.persisted import prepare_asked
from schema.base.running import charged, run
from schema.base.streams import Stream


class Operation(ABC):
    """An operation, with the outlet for its answers."""

    __slots__ = ("listener",)

    schema: Schema
    claims: AccessToken | None
    #: What its answers wait in.
    outbox: Outbox

    def __init__(self) -> None:
        #: Where a stream goes on once the operation's own task has ended.
        self.listener: Listener | None = None

    @abstractmethod
    def context(self) -> Context:
        """Who asks, and from where: made anew for each answer."""

    @property
    def has_room(self) -> bool:
        """Whether another answer is taken."""
        return self.outbox.has_room

    async def room(self) -> None:
        """Wait until one is. Raises Stalled."""
        await self.outbox.room()

    @abstractmethod
    def next(self, payload: str) -> None:
        """Send an answer, as JSON."""

    @abstractmethod
    def complete(self) -> None:
        """Say that there is no more to come."""

    @abstractmethod
    def fail(self, error: BaseException) -> None:
        """Say why there is no more to come."""

    async def run(self, request: GraphQLRequest) -> None:
        """Run it to its end, or to where the hub goes on; say how it ended, whatever happens."""
        try:
            context, variables = self.context(), request.variables
            prepared = await prepare_asked(self.schema, context.claims, request)
            if prepared.kind is OperationType.SUBSCRIPTION:
                await self._subscribe(prepared, variables, context)
            else:
                result = await run(self.schema, prepared, variables, context)
                await self._answer(result)
                self.complete()
        except Exception as error:  # noqa: BLE001 - the edge: a stream's failure is masked here
            self.fail(error)

    def leave(self) -> None:
        """Have the hub tell it nothing more."""
        if self.listener is not None:
            hub().leave(self.listener)

    async def _subscribe(
        self, prepared: Prepared, variables: dict[str, Any] | None, context: Context
    ) -> None:
        charge = charged(self.schema, prepared, variables, context)
        await in_thread(charge.pay)
        source = await source_of(self.schema, prepared, variables, context)
        if isinstance(source, Stream):
            self.listener = Listener(
                *(self.schema, prepared, variables, source, self.claims),
                *(context.request_id, context.ip_address, self),
            )
            await hub().listen(self.listener)
            return
        async with aclosing(source):
            async for event in source:
                told = partial(execute, self.schema, prepared, variables, self.context(), event)
                await self._answer(await in_thread(told))
        self.complete()

    async def _answer(self, result: ExecutionResult) -> None:
        await self.room()
        self.next(payload_of(result))


def errors_of(error: BaseException, request_id: str) -> list[dict[str, Any]]:
    """Why an operation ended, as its client is told: with codes, and masked unless expected."""
    found = error.errors if isinstance(error, InvalidDocument) else [_as_graphql(error)]
    return [dict(present(each, request_id).formatted) for each in found]


def _as_graphql(error: BaseException) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error if isinstance(error, Exception) else None)
