"""Connections: 20 rows when not said, 100 at most, and a code for every page that is none."""

import dataclasses
import sys
from typing import Any

import strawberry_django
from django.conf import settings
from strawberry import Info
from strawberry.extensions import FieldExtension
from strawberry.relay.utils import from_base64
from strawberry.types.arguments import StrawberryArgument
from strawberry_django.fields.field import (
    StrawberryDjangoConnectionExtension,
    StrawberryDjangoField,
)
from strawberry_django.optimizer import is_optimized_by_prefetching
from strawberry_django.relay import DjangoListConnection

from kernel.errors import DomainError
from schema.base.gates import Gate, GateExtension
from schema.base.limits import SEARCH
from schema.base.tariff import CostDirective, ListSizeDirective

Connection = DjangoListConnection

RENAMED = {"filters": "filter", "ordering": "order"}
CURSOR_PREFIX = "arrayconnection"


class InvalidPage(DomainError):
    """The page asked for cannot be given."""

    code = "invalid_page"
    message = "This is no page of a list."


class InvalidCursor(DomainError):
    """The text is no cursor of a list."""

    code = "invalid_cursor"
    message = "This is not a cursor that this server gave."


class _PageSize(int):
    """The size of a page that nobody asked for, which compares as the largest allowed one.

    The library has one number for both: it takes that many rows where no size is asked for, and
    refuses a greater size.
    """

    def __lt__(self, asked: int) -> bool:
        return asked > settings.PAGE_SIZE_MAX


def check_page(
    *,
    first: int | None = None,
    last: int | None = None,
    before: str | None = None,
    after: str | None = None,
    **_other: Any,
) -> None:
    """Raise InvalidPage or InvalidCursor unless the arguments name a page."""
    if first is not None and last is not None:
        raise InvalidPage("Give either first or last, not both.")
    size = first if first is not None else last
    if size is not None and not 0 <= size <= settings.PAGE_SIZE_MAX:
        raise InvalidPage(f"A page has 0 to {settings.PAGE_SIZE_MAX} rows, not {size}.")
    for cursor in (before, after):
        if cursor is not None:
            _check_cursor(cursor)


def _check_cursor(cursor: str) -> None:
    try:
        prefix, offset = from_base64(cursor)
    except ValueError as error:
        raise InvalidCursor from error
    if prefix != CURSOR_PREFIX or not (offset.isascii() and offset.isdigit()):
        raise InvalidCursor
    if len(offset) > 18 or int(offset) >= sys.maxsize - settings.PAGE_SIZE_MAX:
        raise InvalidCursor


class ConnectionField(StrawberryDjangoField):
    """A connection that checks its page, also where it is prefetched within another list."""

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """The library's arguments, under the names that this API has for them."""
        found: list[StrawberryArgument] = super().arguments
        for argument in found:
            argument.graphql_name = RENAMED.get(argument.python_name, argument.graphql_name)
        return found

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        StrawberryDjangoField.arguments.fset(self, value)  # type: ignore[attr-defined]

    def get_queryset(self, queryset: Any, info: Info, **kwargs: Any) -> Any:
        """The rows of the list, once the page is known to be one.

        Newest first unless the client says otherwise, and always by something unique at last.
        """
        check_page(**{name: kwargs.get(name) for name in ("first", "last", "before", "after")})
        if is_optimized_by_prefetching(queryset):
            return queryset
        if not queryset.ordered:
            queryset = queryset.order_by(self.metadata["newest"])
        queryset = super().get_queryset(queryset, info, **kwargs)  # type: ignore[no-untyped-call]
        order = queryset.query.order_by
        return queryset if {"pk", "-pk"} & set(order) else queryset.order_by(*order, "pk")


class ConnectionExtension(StrawberryDjangoConnectionExtension):
    """Checks the page of a connection before any row is read, and how often it is searched."""

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        """The page asked for."""
        check_page(**kwargs)
        if info.path.prev is None and _searches(kwargs):
            SEARCH.take(info, None)
        return super().resolve(next_, source, info, **kwargs)


def _searches(given: Any) -> bool:
    """Whether arguments or a filter ask for words, which costs more than to compare values."""
    if dataclasses.is_dataclass(given):
        given = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if isinstance(given, list):
        return any(map(_searches, given))
    return isinstance(given, dict) and bool(
        isinstance(given.get("search"), str) or any(map(_searches, given.values()))
    )


class OwnExtension(FieldExtension):
    """A list of a user that is empty for everybody else, also of rows that these may see."""

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        """The rows, where the user looks at themselves."""
        rows = next_(source, info, **kwargs)
        # A new queryset, for that of the relation may be one that was prefetched.
        return rows if source.pk == info.context.viewer.user_id else rows.model.objects.none()


def connection(
    *,
    gate: Gate | None = None,
    filters: Any = None,
    order: Any = None,
    description: str,
    resolver: Any = None,
    field_name: str | None = None,
    own: bool = False,
    is_public: bool = False,
    newest: str = "-created_at",
    cost: int = 1,
) -> Any:
    """A list as a connection: a root field with its gate, or a relation of a row without one.

    ``field_name`` is the relation's, where the API has another one. ``own`` is for a user's list
    that nobody else may read. ``is_public`` says that the answer is the same for all but staff,
    ``newest`` by what the rows are ordered where the client does not say. ``cost`` is what the list
    costs besides its rows.
    """
    field = ConnectionField(
        python_name=None,
        type_annotation=None,
        django_name=field_name,
        metadata={"is_public": is_public, "newest": newest},
        description=description,
        filters=filters,
        ordering=order,
        directives=[*([gate.directive] if gate else []), CostDirective(weight=cost)],
        extensions=[
            *([GateExtension(gate)] if gate else []),
            *([OwnExtension()] if own else []),
            ConnectionExtension(max_results=_PageSize(settings.PAGE_SIZE_DEFAULT)),
        ],
    )
    return field(resolver) if resolver else field


def query(
    *,
    gate: Gate,
    description: str,
    is_public: bool = False,
    cost: int = 1,
    size: ListSizeDirective | None = None,
) -> Any:
    """A root field of the query type that answers one object, with its gate.

    ``is_public`` says that the answer is the same for all but staff, ``cost`` what it costs besides
    its rows, and ``size``, of a list that is no connection, how long it is at the most.
    """
    return strawberry_django.field(
        metadata={"is_public": is_public},
        directives=[gate.directive, CostDirective(weight=cost), *([size] if size else [])],
        extensions=[GateExtension(gate)],
        description=description,
    )
