"""What holds for every type and field of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry_django.utils.typing import get_django_definition

from schema.base.gates import GateDirective
from schema.base.pagination import ConnectionField
from schema.base.types import Node
from schema.root import schema

CORE = schema._schema
TYPES = {name: kind for name, kind in CORE.type_map.items() if not name.startswith("__")}
ROOTS = {
    "Query": CORE.query_type,
    "Mutation": CORE.mutation_type,
    "Subscription": CORE.subscription_type,
}
ROOT_FIELDS = [(f"{root}.{name}", field) for root, kind in ROOTS.items()
               for name, field in kind.fields.items()]  # fmt: skip

#: What everybody may call, also without an account. Adding to it is a decision.
FOR_ANYONE = {
    "Query.node",
    "Query.nodes",
    "Query.languages",
    "Query.serviceCategories",
    "Query.serviceCategory",
    "Query.serviceSubcategories",
    "Query.serviceSubcategory",
    "Query.servicePackages",
    "Query.serviceAddons",
    "Query.serviceAreas",
    "Query.serviceAreaAt",
    "Query.quoteService",
    "Query.publicSettings",
    "Query.appVersion",
    "Query.providers",
    "Query.provider",
    "Query.providerOpenings",
    "Query.reviews",
    "Mutation.signUp",
    "Mutation.signIn",
    "Mutation.refreshSession",
    "Mutation.verifyMfa",
    "Mutation.signInWithFirebase",
    "Mutation.requestPasswordReset",
    "Mutation.resetPassword",
    # By a token that was mailed.
    "Query.invitation",
    # Visitors ask for work, and confirm it or take it back by a token.
    "Query.visitorLead",
    "Mutation.createLead",
    "Mutation.requestLeadCode",
    "Mutation.confirmLeadCode",
    "Mutation.cancelLead",
}
#: What answers one of two things when it went well.
ANSWERING_TWO = {
    *("signIn", "signInWithFirebase"),
    *("createLead", "confirmLeadCode", "cancelLead"),
}
#: Lists of objects that are no connections: Relay's own, the reasons of a refusal, and the codes
#: that roles can grant and the deeds that earn points, which the code defines.
PLAIN_LISTS = {
    "Query.nodes",
    "Query.permissions",
    "Query.deeds",
    "OperationInfo.messages",
    # As many as the score has signals.
    "Lead.verificationSignals",
    "LeadMatch.parts",
    # Spans of hours within a month.
    "Query.providerOpenings",
    # The lines of a price: as many as were chosen.
    "ServiceQuote.lines",
    "Order.priceLines",
}


#: What only those call who run a query.
QUERYING = {"objects", "all", "filter", "get", "first", "last", "exists", "count", "values_list"}


def definition(name: str) -> StrawberryObjectDefinition | None:
    """Our definition of a type of the API."""
    found = schema.get_type_by_name(name)
    return found if isinstance(found, StrawberryObjectDefinition) else None


def django_types() -> list[StrawberryObjectDefinition]:
    """The types over models."""
    found = [definition(name) for name in TYPES]
    return [
        kind
        for kind in found
        if kind is not None and not kind.is_input and get_django_definition(kind.origin)
    ]


def undescribed() -> Iterator[str]:
    """What of the API has no description, as paths."""
    for name, kind in TYPES.items():
        for path, thing in [(name, kind), *parts(name, kind)]:
            if not thing.description:
                yield path
    for directive in CORE.directives:
        for path, thing in [(directive.name, directive), *arguments(directive.name, directive)]:
            if not thing.description:
                yield "@" + path


def parts(name: str, kind: Any) -> Iterator[tuple[str, Any]]:
    """The values, fields and arguments of a type, by their paths."""
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{name}.{value}", part) for value, part in kind.values.items())
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for field, part in kind.fields.items():
            yield f"{name}.{field}", part
            yield from arguments(f"{name}.{field}", part)


def arguments(path: str, owner: Any) -> Iterator[tuple[str, Any]]:
    """The arguments of a field or directive, by their paths."""
    for name, argument in getattr(owner, "args", {}).items():
        yield f"{path}({name})", argument


def gates(field: Any) -> list[str]:
    """The audiences that a root field declares."""
    directives = field.extensions["strawberry-definition"].directives
    return [found.allows.name for found in directives if isinstance(found, GateDirective)]


def test_everything_has_a_description():
    assert list(undescribed()) == []


@pytest.mark.parametrize(("path", "field"), ROOT_FIELDS, ids=[path for path, _ in ROOT_FIELDS])
def test_every_root_field_declares_one_gate_and_prints_it(path: str, field: Any):
    name = path.split(".")[1]

    (audience,) = gates(field)

    assert f"@gate(allows: {audience}" in printed_field(path.split(".")[0], name)


def printed_field(root: str, name: str) -> str:
    """A root field as the SDL has it, up to the end of its line."""
    printed = schema.as_str()
    body = printed[printed.index(f"\ntype {root} {{") :]
    start = min(i for i in (body.find(f"\n  {name}("), body.find(f"\n  {name}:")) if i >= 0)
    return body[start : body.index("@gate", start) + 40]


def test_what_anyone_may_call_is_decided_here():
    assert {path for path, field in ROOT_FIELDS if gates(field) == ["ANYONE"]} == FOR_ANYONE


def test_every_gate_is_enforced_and_not_only_printed():
    for path, field in ROOT_FIELDS:
        ours = field.extensions["strawberry-definition"]
        names = {type(extension).__name__ for extension in ours.extensions}
        if path.startswith("Query."):
            assert "GateExtension" in names, path
        if path.startswith("Mutation."):
            assert ours.base_resolver.wrapped_func.__wrapped__, path


def test_a_mutation_takes_one_input_and_answers_a_union_with_operation_info():
    for name, field in CORE.mutation_type.fields.items():
        answer = get_named_type(field.type)
        assert set(field.args) <= {"input"}, name
        assert isinstance(answer, GraphQLUnionType), name
        assert "OperationInfo" in {kind.name for kind in answer.types}, name
        assert len(answer.types) == (3 if name in ANSWERING_TWO else 2), name


def test_every_type_over_a_model_is_a_node_of_ours_that_shows_what_is_visible():
    for kind in django_types():
        model = get_django_definition(kind.origin).model
        assert issubclass(kind.origin, Node), kind.name
        assert kind.origin.resolve_id_attr() == "pk", kind.name
        assert kind.origin.resolve_id_attr.__func__ is Node.resolve_id_attr.__func__, kind.name
        assert kind.name == model.__name__
        assert hasattr(model._default_manager.all(), "visible_to"), kind.name


def test_a_type_over_a_model_computes_its_fields_from_its_row_alone():
    for kind in django_types():
        for field in kind.fields:
            resolver = field.base_resolver
            if resolver is None or field.name == "_id" or getattr(field, "is_connection", False):
                continue
            code = resolver.wrapped_func.__code__
            assert code.co_argcount == 1, f"{kind.name}.{field.name}"
            assert not QUERYING & {*code.co_names}, f"{kind.name}.{field.name}"


def test_every_list_of_objects_is_a_connection():
    lists = {
        f"{name}.{field}"
        for name, kind in TYPES.items()
        if isinstance(kind, GraphQLObjectType) and not name.endswith(("Connection", "Edge"))
        for field, part in kind.fields.items()
        if is_list_type(get_nullable_type(part.type))
        and is_composite_type(get_named_type(part.type))
    }

    assert lists == PLAIN_LISTS


def test_every_connection_checks_its_page():
    for name in TYPES:
        kind = definition(name)
        for field in kind.fields if kind and not kind.is_input else []:
            if getattr(field, "is_connection", False):
                assert isinstance(field, ConnectionField), f"{name}.{field.name}"


def test_what_hangs_on_a_row_alone_does_not_lead_back_to_it():
    # Django puts the row itself there, so that computed fields selected there would be missing.
    for kind in django_types():
        model = get_django_definition(kind.origin).model
        for field in kind.fields:
            relation = reverse_one_to_one(model, getattr(field, "django_name", "") or field.name)
            if relation is not None:
                theirs = {each.name for each in definition(relation.related_model.__name__).fields}
                assert relation.field.name not in theirs, f"{kind.name}.{field.name}"


def reverse_one_to_one(model: Any, name: str) -> Any:
    """The relation of a name that another model's one-to-one field makes, None for any other."""
    relations = {each.get_accessor_name(): each for each in model._meta.related_objects}
    found = relations.get(name)
    return found if found is not None and found.one_to_one else None
