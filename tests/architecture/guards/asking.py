"""Questions with one condition or one order each, for the lists over large tables."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from graphql import get_named_type
from strawberry.relay import to_base64

from tests.architecture.isolation import documents

#: Tables that stay small: in all, or what one organization sees of them. All others grow without
#: end.
SMALL = {
    "catalog.Language",
    "catalog.ServiceAddon",
    "catalog.ServiceArea",
    "catalog.ServiceCategory",
    "catalog.ServicePackage",
    "catalog.ServiceSubcategory",
    "chat.ChatTemplate",
    "core.AppVersion",
    "core.SystemSetting",
    "leads.LeadRefundReason",
    "organizations.Invitation",
    "organizations.Project",
    "organizations.Role",
    "organizations.Team",
}
#: They are computed, for the rows that a search or a place has narrowed.
COMPUTED = {"relevance", "distance"}
NOBODY = str(UUID(int=7))
#: A condition by each kind of lookup, and by ids.
LOOKUPS: dict[str, Any] = {
    "DateFilterLookup": {"gt": "2040-01-01"},
    "DatetimeFilterLookup": {"gt": "2040-01-01T00:00:00Z"},
    "DecimalComparisonFilterLookup": {"gt": "4.9"},
    "GlobalIDBaseFilterLookup": {"exact": to_base64("Order", NOBODY)},
    # As much as the smallest columns hold: of more, Django knows without asking.
    "IntComparisonFilterLookup": {"gt": 30_000},
    "StrFilterLookup": {"exact": "Nowhere"},
}


def large_lists() -> Iterator[tuple[str, Any]]:
    """The lists at the root over large tables, but for those that need arguments."""
    for name, field in documents.QUERIES.items():
        if documents.is_connection(field.type) and not documents.asks(field):
            model = documents.model_of(documents.listed(field.type))
            if model is not None and model._meta.label not in SMALL:
                yield name, field


def conditions() -> Iterator[tuple[str, str]]:
    """Each list with each of the fields that it can be filtered by to few of its rows."""
    for name, field in large_lists():
        for condition, argument in documents.input_fields(field.args["filter"].type).items():
            if condition != "id" and get_named_type(argument.type).name in LOOKUPS:
                yield name, condition


def orders() -> Iterator[tuple[str, str]]:
    """Each list with each of the fields that it can be ordered by."""
    for name, field in large_lists():
        if "order" in field.args:
            for order, argument in documents.input_fields(field.args["order"].type).items():
                if get_named_type(argument.type).name == "Ordering" and order not in COMPUTED:
                    yield name, order


def lookup(name: str, condition: str) -> Any:
    """A value that a list is filtered by."""
    field = documents.QUERIES[name]
    kind = documents.input_fields(field.args["filter"].type)[condition].type
    return LOOKUPS[get_named_type(kind).name]
