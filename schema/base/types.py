"""What all types over models share: rows by ``visible_to``, ids by primary key."""

from collections.abc import Callable
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from strawberry import relay
from strawberry_django.fields.types import field_type_map
from strawberry_django.optimizer import optimizer

from kernel.encryption import EncryptedTextField
from kernel.money import CurrencyField, MoneyField
from kernel.money import Money as MoneyValue
from kernel.viewer import Viewer, current_viewer
from schema.base.context import Context
from schema.base.looks import note_look
from schema.base.tariff import ListSizeDirective

field_type_map[CurrencyField] = str

#: In a field's metadata: it is the same for all who may see the object that it is of.
SHARED = "is_shared"


class Node(relay.Node):
    """The base of every type over a model."""

    @classmethod
    def resolve_id_attr(cls) -> str:
        """The primary key: the library's default looks it up for each object anew."""
        return "pk"

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[Any], info: strawberry.Info[Context], **kwargs: Any
    ) -> QuerySet[Any]:
        """Rows of lists by ``visible_to``.

        A to-one field of a visible row resolves to its row, whoever looks and also when it was
        deleted: what may be read of it is narrowed field by field.
        """
        field = info._field
        if field.base_resolver is None and not is_many(field):
            return queryset.model._base_manager.all()
        return queryset.visible_to(info.context.viewer)  # type: ignore[attr-defined]


def planned(rows: QuerySet[Any], info: strawberry.Info[Context]) -> QuerySet[Any]:
    """The rows with all that the selection needs, so that reading them asks no more."""
    extension = optimizer.get()
    assert extension is not None
    return extension.optimize(rows, info)


def is_many(field: Any) -> bool:
    """Whether a field is a list or a connection."""
    return bool(field.is_list or field.is_connection or field.is_paginated)


@strawberry.type(description="An amount of money.")
class Money:
    """How amounts look to clients; the values are ``kernel.money.Money``."""

    amount: str = strawberry.field(description="The amount in major units, as a decimal number.")
    currency: str = strawberry.field(description="ISO 4217 code.")
    formatted: str = strawberry.field(description="The amount as people write it.")


@strawberry.input(description="An amount of money.")
class MoneyInput:
    """An amount as clients give it."""

    amount: str = strawberry.field(description="The amount in major units, as a decimal number.")
    currency: str = strawberry.field(description="ISO 4217 code.")

    def to_money(self) -> MoneyValue:
        """The amount as a value; raises InvalidAmount."""
        return MoneyValue.parse(self.amount, self.currency)


Rule = Callable[[Viewer], Q]


def money(model: type[Model], name: str, *, rule: Rule | None = None) -> Any:
    """A field that shows an amount of a row: it needs two columns and no query.

    With a rule, only some viewers may read it; the others read null.
    """
    column = model._meta.get_field(name)
    assert isinstance(column, MoneyField)
    currency, shown = [column.currency] if column.currency else [], f"_shown_{name}"

    def resolve(root: Any) -> Any:
        if rule is None:
            return getattr(root, name)
        minor = getattr(root, shown)
        return None if minor is None else MoneyValue(minor, column.currency_of(root))

    resolve.__annotations__["return"] = Money | None if column.null or rule else Money
    return strawberry_django.field(
        resolve,
        only=currency if rule else [name, *currency],
        annotate={shown: _masked(model, column, name, rule)} if rule else {},
        description=str(column.help_text),
    )


def computed(
    needs: list[str], description: str, *, size: ListSizeDirective | None = None
) -> Callable[[Callable[[Any], Any]], Any]:
    """A field computed by a pure function from columns of the row, which are named here. ``size``
    says of a list of objects how long it is at the most.
    """

    def decorate(function: Callable[[Any], Any]) -> Any:
        return strawberry_django.field(
            function,
            only=needs,
            description=description,
            metadata={SHARED: True},
            directives=[size] if size else [],
        )

    return decorate


def shared(description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field of a type without a table that is the same for all who may see its object."""

    def decorate(function: Callable[..., Any]) -> Any:
        return strawberry.field(function, description=description, metadata={SHARED: True})

    return decorate


def choices(enum: Any, name: str, description: str, **values: str) -> Any:
    """Name an enumeration of a model's choices for the API, where the model knows none of it.

    Each of its values is described by a keyword.
    """
    named = strawberry.enum(enum, name=name, description=description)
    for value in named.__strawberry_definition__.values:
        value.description = values[value.name]
    return named


def only_for(model: type[Model], name: str, *, rule: Rule, otherwise: Any = None) -> Any:
    """A column that only some viewers may read; the others read ``otherwise``.

    The rule is a condition on the row, so that the database applies it in the same statement. Staff
    who oversee the model read it too, and that they did is noted.
    """
    column = _column(model, name)
    shown = "_shown_" + name.replace("__", "_")
    sealed = isinstance(column, EncryptedTextField)

    def resolve(root: Any) -> Any:
        value = getattr(root, shown)
        if value and current_viewer().is_staff:
            note_look(root)
        return column.open(root, value) if sealed and value else value

    kind: Any = str if sealed else field_type_map[type(column)]
    resolve.__annotations__["return"] = kind if otherwise is not None else kind | None
    return strawberry_django.field(
        resolve,
        annotate={shown: _masked(model, column, name, rule, otherwise)},
        description=str(column.help_text),
    )


def holds(rule: Rule, *, description: str) -> Any:
    """A field that says whether a condition on the row is true for the viewer."""
    shown = f"_{rule.__name__}"

    def resolve(root: Any) -> bool:
        return bool(getattr(root, shown))

    def expression(info: Any) -> Any:
        return Case(When(rule(info.context.viewer), then=Value(True)), default=Value(False))

    return strawberry_django.field(resolve, annotate={shown: expression}, description=description)


def derived(name: str, kind: type, value: Combinable, *, rule: Rule, description: str) -> Any:
    """A value that the database derives for a row, which only some viewers may read."""
    shown = f"_{name}"

    def resolve(root: Any) -> Any:
        return getattr(root, shown)

    def expression(info: Any) -> Any:
        return Case(When(rule(info.context.viewer), then=value), default=None)

    resolve.__annotations__["return"] = kind | None
    return strawberry_django.field(resolve, annotate={shown: expression}, description=description)


def _masked(
    model: type[Model], column: Any, name: str, rule: Rule, otherwise: Any = None
) -> Callable[[Any], Any]:
    """A column as an expression that only some viewers get the value of."""

    def expression(info: Any) -> Any:
        viewer = info.context.viewer
        if viewer.oversees(model):
            return F(name)
        return Case(
            When(rule(viewer), then=F(name)),
            default=Value(otherwise, output_field=column),
            output_field=column,
        )

    return expression


def _column(model: Any, path: str) -> Any:
    """The column at the end of a path of relations."""
    *relations, last = path.split("__")
    for name in relations:
        model = model._meta.get_field(name).related_model
    return model._meta.get_field(last)
