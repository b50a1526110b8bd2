"""How failures reach clients: expected ones with their code, others masked with the request id."""

import enum
from typing import Any

import strawberry
import structlog
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.utils import DataError, InterfaceError, OperationalError
from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from prometheus_client import Counter
from psycopg.errors import InFailedSqlTransaction, QueryCanceled
from psycopg_pool import PoolTimeout
from strawberry import relay
from strawberry.relay import GlobalIDValueError
from strawberry.utils.str_converters import to_camel_case

from kernel.buckets import RateLimited
from kernel.errors import (
    EXPECTED,
    DomainError,
    NotFound,
    Overloaded,
    TimedOut,
    VersionConflict,
)
from schema.base.current import Reference, current_object
from schema.base.ids import InvalidId
from schema.base.tariff import ListSizeDirective

log = structlog.get_logger(__name__)

ERRORS = Counter("fundi_errors_total", "Errors that clients were told.", ["code"])
REFUSALS = Counter("fundi_refusals_total", "Reasons why mutations were refused.", ["code"])

Message = dict[str, Any]


@strawberry.enum(name="OperationMessageKind", description="The kinds of reasons.")
class Kind(enum.Enum):
    """What sort of refusal it is."""

    ERROR = strawberry.enum_value(
        "ERROR", description="There is no such object, or the system failed."
    )
    PERMISSION = strawberry.enum_value("PERMISSION", description="The caller may not do this.")
    VALIDATION = strawberry.enum_value(
        "VALIDATION", description="A rule was broken; the field says where."
    )


@strawberry.type(description="One reason of a refusal.")
class OperationMessage:
    """One reason of a refusal."""

    kind: Kind = strawberry.field(description="What sort of reason it is.")
    message: str = strawberry.field(description="The reason, for people.")
    field: str | None = strawberry.field(description="The field of the input that it is about.")
    code: str = strawberry.field(description="The reason, for programs: stable.")
    retry_after: int | None = strawberry.field(
        default=None, description="Seconds after which trying again can work, where that is known."
    )


@strawberry.type(description="Why a mutation was refused.")
class OperationInfo:
    """Why a mutation was refused."""

    messages: list[OperationMessage] = strawberry.field(
        description="The reasons, at least one.", directives=[ListSizeDirective(assumed_size=20)]
    )
    about: strawberry.Private[Reference | None] = None
    current: relay.Node | None = strawberry.field(
        resolver=current_object,
        description="With version_conflict, the object as it is now and as the caller may see it.",
    )


class InvalidValue(DomainError):
    """A value that PostgreSQL does not take, such as text with a null character."""

    code = "invalid_value"
    message = "One of the values is not possible."


class RequestError(GraphQLError):
    """A request that cannot be run: its document, variables or operation name are wrong."""

    def __init__(self, message: str, code: str, **more: Any) -> None:
        super().__init__(message, extensions={"code": code, **more})


class LimitExceeded(RequestError):
    """A request asks for more than one may; its extensions tell the limit and what was found."""

    @classmethod
    def check(cls, code: str, what: str, limit: int, found: int) -> None:
        """Raise where more was found than may be."""
        if found > limit:
            # As far as a number of GraphQL goes.
            found = min(found, 2**31 - 1)
            raise cls(f"{found} {what} are more than {limit}.", code, limit=limit, found=found)


def explain(error: Exception) -> list[Message]:
    """An expected error as messages with kind, message, field and code."""
    if isinstance(error, ValidationError):
        return list(_validation_messages(error))
    kind = "ERROR" if isinstance(error, NotFound | Overloaded | TimedOut) else "PERMISSION"
    code = getattr(error, "code", "not_found" if kind == "ERROR" else "not_allowed")
    return [{"kind": kind, "message": str(error) or code, "field": None, "code": code}]


def _validation_messages(error: ValidationError) -> Any:
    if not hasattr(error, "error_dict"):
        for item in error.error_list:
            yield _message(item, getattr(item, "field", None))
        return
    for name, items in error.error_dict.items():
        field = None if name == NON_FIELD_ERRORS else to_camel_case(name)
        for item in items:
            yield _message(item, field)


def _message(error: ValidationError, field: str | None) -> Message:
    text = error.message % error.params if error.params else error.message
    wait = {"retry_after": error.retry_after} if isinstance(error, RateLimited) else {}
    row = {"about": error.row} if isinstance(error, VersionConflict) else {}
    return (
        wait
        | row
        | {
            "kind": "VALIDATION",
            "message": str(text),
            "field": field,
            "code": error.code or "invalid",
        }
    )


def operation_info(messages: list[Message]) -> OperationInfo:
    """Messages as the refusing side of a mutation's answer."""
    for message in messages:
        REFUSALS.labels(message["code"]).inc()
    return OperationInfo(
        messages=[
            OperationMessage(
                kind=Kind[message["kind"]],
                message=message["message"],
                field=message["field"],
                code=message["code"],
                retry_after=message.get("retry_after"),
            )
            for message in messages
        ],
        about=next((message["about"] for message in messages if "about" in message), None),
    )


def present(error: GraphQLError, request_id: str) -> GraphQLError:
    """The error as a client may see it: with a code, and masked unless it was expected."""
    shown = _presented(error, request_id)
    ERRORS.labels((shown.extensions or {}).get("code", "")).inc()
    return shown


def _presented(error: GraphQLError, request_id: str) -> GraphQLError:
    if error.extensions and "code" in error.extensions:
        return error
    original = root_of(error)
    if isinstance(error.original_error, GlobalIDValueError):
        original = InvalidId()
    if original is None:
        code = "syntax_error" if isinstance(error, GraphQLSyntaxError) else "invalid_request"
        return _rewritten(error, error.message, {"code": code})
    if overloaded(original):
        original = Overloaded(Overloaded.message)
    if isinstance(original.__cause__, InFailedSqlTransaction):
        return _rewritten(error, "Another part of the operation failed.", {"code": "aborted"})
    if isinstance(original, DataError):
        original = InvalidValue()
    if isinstance(original, OperationalError) and isinstance(original.__cause__, QueryCanceled):
        original = TimedOut()
    if isinstance(original, (*EXPECTED, TimedOut)):
        message = explain(original)[0]
        wait = {"retryAfter": message["retry_after"]} if "retry_after" in message else {}
        return _rewritten(error, message["message"], {"code": message["code"], **wait})
    log.error("operation_failed", request_id=request_id, field=_field_of(error), exc_info=original)
    return _rewritten(error, "internal_error", {"code": "internal_error", "requestId": request_id})


def _field_of(error: GraphQLError) -> str | None:
    """The name of the field that failed: its path would tell the names that clients gave."""
    node = error.nodes[0] if error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else None


def overloaded(error: Exception) -> bool:
    """Whether the database had no free connection within the pool's wait."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, PoolTimeout)


def passes(error: BaseException | None) -> bool:
    """Whether the database failed in a way that passes: it is away, crowded, restarting, or ended
    what stood in another's way. An operation that takes too long or asks too much does not pass.

    By the classes of SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlstate", None)
    return code is None or (code[:2] in {"08", "40", "53", "57"} and code != QueryCanceled.sqlstate)


def root_of(error: GraphQLError) -> Exception | None:
    """What was raised in the first place."""
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    return original


def _rewritten(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
