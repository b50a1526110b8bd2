"""How an operation runs: parsed and validated once per text, executed in one hop to one thread."""

from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import structlog
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.db import close_old_connections, transaction
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql import ExecutionResult as CoreResult
from graphql.execution import create_source_event_stream
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType as Kind
from strawberry_django.optimizer import DjangoOptimizerExtension

from apps.accounts.access import viewer_of
from apps.accounts.tokens import AccessToken
from kernel.frames import with_room
from kernel.limits import DocumentLimits
from kernel.viewer import Viewer, acting_as
from schema.base import reading
from schema.base.context import Context
from schema.base.errors import RequestError, present
from schema.base.executor import Executor
from schema.base.looks import noting_looks
from schema.base.measures import check_document, check_text

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: Longer documents run, but are parsed each time, so that the cache's size is bounded.
CACHED_LENGTH = 20_000


class IntrospectionClosed(GraphQLError):
    """The document asks what the schema is, which not everybody is told."""


class ClosedIntrospection(NoSchemaIntrospectionCustomRule):
    """Refuses to tell what the schema is, in a way that can be told from other refusals."""

    def report_error(self, error: GraphQLError) -> None:
        """Report it."""
        super().report_error(IntrospectionClosed(error.message, error.nodes))


RULES = specified_rules
CLOSED_RULES = (*specified_rules, ClosedIntrospection)


class PreparedDocument(SchemaExtension):
    """Hands the schema a document that was parsed and validated before."""

    def on_parse(self) -> Any:
        """Take the document from the context."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Any:
        """There is nothing left to validate."""
        self.execution_context.pre_execution_errors = []
        yield


class PlannedQueries(DjangoOptimizerExtension):
    """Plans the queries of the fields, which themselves ask for that.

    The library's hook around each field looks for querysets besides, which no resolver of ours
    returns, and costs up to a tenth of a long list.
    """

    resolve = SchemaExtension.resolve  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that can be run: its text, parsed and validated, and which part of it to run."""

    text: str
    document: DocumentNode = field(compare=False)
    operation: OperationDefinitionNode = field(compare=False)
    #: The operation's name, where it has one.
    name: str | None = None

    @property
    def variables(self) -> set[str]:
        """The names of the variables that it declares."""
        return {each.variable.name.value for each in self.operation.variable_definitions or ()}

    @property
    def kind(self) -> OperationType:
        """Whether it is a query, a mutation or a subscription."""
        return self.operation.operation


async def prepare_for(
    claims: AccessToken | None, schema: Schema, text: str, operation_name: str | None
) -> Prepared:
    """The operation to run. Where introspection is closed, staff are told of the schema all the
    same: who asks is looked up for such documents alone.

    Raises InvalidDocument, RequestError where the text has no such operation, InvalidAccessToken.
    """
    try:
        return prepare(schema, text, operation_name)
    except InvalidDocument as refusal:
        is_closed = any(isinstance(error, IntrospectionClosed) for error in refusal.errors)
        if claims and is_closed and await in_thread(lambda: _may_introspect(claims)):
            return prepare(schema, text, operation_name, is_open=True)
        raise


def _may_introspect(claims: AccessToken) -> bool:
    return viewer_of(claims).is_staff


def prepare(
    schema: Schema, text: str, operation_name: str | None, *, is_open: bool | None = None
) -> Prepared:
    """The operation to run; ``is_open`` says whether the schema is told, OPEN_INTROSPECTION else.

    Raises InvalidDocument, and RequestError where the text has no such operation.
    """
    document = _parsed(schema, text, settings.OPEN_INTROSPECTION if is_open is None else is_open)
    operation = get_operation_ast(document, operation_name)
    if operation is None:
        reason = f"named {operation_name}" if operation_name else "to run: name one"
        raise RequestError(f"There is no operation {reason}.", "operation_not_found")
    name = operation.name.value if operation.name else None
    return Prepared(text, document, operation, name)


class InvalidDocument(Exception):
    """The document breaks the schema's rules."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


def _parsed(schema: Schema, text: str, is_open: bool) -> DocumentNode:
    find = _cached if len(text) <= CACHED_LENGTH else _parse
    found = find(schema, text, is_open, settings.DOCUMENT_LIMITS)
    if isinstance(found, list):
        raise InvalidDocument(found)
    return found


def _parse(
    schema: Schema, text: str, is_open: bool, limits: DocumentLimits
) -> DocumentNode | list[GraphQLError]:
    try:
        check_text(text, limits)
        document = parse(text)
        check_document(document, limits)
        errors = validate(
            schema._schema,
            document,
            RULES if is_open else CLOSED_RULES,
            hide_suggestions=not is_open,
        )
    except RecursionError:
        return [RequestError("The document is nested too deeply.", "document_too_deep")]
    except GraphQLError as error:
        return [error]
    return errors or document


_cached = lru_cache(maxsize=1000)(_parse)


def remembered(
    function: Callable[[Schema, Prepared], T],
) -> Callable[[Schema, Prepared], T]:
    """Have what a function finds out about an operation be remembered, where its document is."""
    cached = lru_cache(maxsize=1000)(function)

    def find(schema: Schema, prepared: Prepared) -> T:
        return (cached if len(prepared.text) <= CACHED_LENGTH else function)(schema, prepared)

    return find


async def in_thread(function: Callable[[], Any]) -> Any:
    """Run a function with ORM work in a thread of its own, its connection given back after.

    Django opens a thread per request by itself; on sockets this does (without it, all sockets of
    the process share one thread).
    """
    async with ThreadSensitiveContext():
        return await sync_to_async(_with_connection_returned)(function)


def _with_connection_returned(function: Callable[[], Any]) -> Any:
    try:
        return with_room(function)
    finally:
        if not transaction.get_connection().in_atomic_block:
            close_old_connections()


def execute(
    schema: Schema,
    prepared: Prepared,
    variables: dict[str, Any] | None,
    context: Context,
    root: Any = None,
    *,
    viewer: Viewer | None = None,
    is_patient: bool = False,
) -> ExecutionResult:
    """Run a prepared operation, in the thread that holds the connection; as the viewer that the
    context claims to be, unless who that is was found out before.

    A query, and the reading of a subscription's event, is one transaction. Each field of a
    mutation opens its own. ``is_patient`` says that what failed for want of the database is raised,
    so that it is tried again.
    """
    structlog.contextvars.bind_contextvars(request_id=context.request_id, operation=prepared.name)
    context.document = prepared.document
    result = _execute_as_viewer(schema, prepared, variables, context, root, viewer)
    if is_patient and (failure := reading.failure_of(result)):
        raise failure
    if result.errors:
        result.errors = [present(error, context.request_id) for error in result.errors]
    return result


def _execute_as_viewer(
    schema: Schema,
    prepared: Prepared,
    variables: dict[str, Any] | None,
    context: Context,
    root: Any,
    viewer: Viewer | None,
) -> ExecutionResult:
    def run() -> ExecutionResult:
        context.pay()
        return schema.execute_sync(
            prepared.text,
            variable_values=variables,
            context_value=context,
            root_value=root,
            operation_name=prepared.name,
            allowed_operation_types=(Kind.QUERY, Kind.MUTATION, Kind.SUBSCRIPTION),
        )

    def read() -> ExecutionResult:
        with acting_as(context.viewer), noting_looks(context.viewer):
            return run()

    try:
        context.viewer = viewer or viewer_of(
            context.claims, request_id=context.request_id, ip_address=context.ip_address
        )
        structlog.contextvars.bind_contextvars(**whose(context.viewer))
        if prepared.kind is OperationType.MUTATION:
            with reading.known_after(context.viewer), noting_looks(context.viewer):
                return run()
        if context.public is not None and _is_public(schema, prepared, context):
            return context.public.answer(
                context.viewer, prepared.text, prepared.name, variables, read
            )
        if prepared.kind is OperationType.QUERY:
            return reading.answer(context.viewer, read)
        return read()
    except Exception as error:  # noqa: BLE001 - the edge: whatever is raised here is masked
        return ExecutionResult(data=None, errors=[GraphQLError(str(error), original_error=error)])


async def source_of(
    schema: Schema, prepared: Prepared, variables: dict[str, Any] | None, context: Context
) -> Any:
    """What a subscription's root field answers: a Stream, or an asynchronous generator.

    Raises InvalidDocument for variables that do not fit, and what the field raises, as
    GraphQLError.
    """
    executor = Executor.build(
        schema._schema,
        prepared.document,
        context_value=context,
        raw_variable_values=variables,
        operation_name=prepared.name,
    )
    if isinstance(executor, list):
        raise InvalidDocument(executor)
    found = create_source_event_stream(executor)
    source = found if isinstance(found, AsyncIterable | CoreResult) else await found
    if isinstance(source, CoreResult):
        raise InvalidDocument(source.errors or [])
    return source


def whose(viewer: Viewer) -> dict[str, str | None]:
    """Who acts, as lines of the log tell it."""
    user, organization = viewer.user_id, viewer.organization_id
    return {
        "viewer_id": str(user) if user else None,
        "organization_id": str(organization) if organization else None,
    }


def _is_public(schema: Schema, prepared: Prepared, context: Context) -> bool:
    """Whether the answer is that of everybody, who are not staff: these may see more."""
    fields = public_fields(schema)
    return not context.viewer.is_staff and all(
        isinstance(node, FieldNode) and node.name.value in fields
        for node in prepared.operation.selection_set.selections
    )


@lru_cache(maxsize=4)
def public_fields(schema: Schema) -> frozenset[str]:
    """The names of the root fields whose answers are the same for all."""
    fields = schema.query.__strawberry_definition__.fields  # type: ignore[attr-defined]
    public = [field for field in fields if field.metadata.get("is_public")]
    return frozenset(map(schema.config.name_converter.get_graphql_name, public))
