"""What a document may hold: at each limit it runs, past it it is refused before any SQL."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import get_introspection_query

from apps.accounts.services.sessions import start_session
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL
from tests.support.hostile import HOSTILE, Hostile

FILTER = "query($f: ServiceSubcategoryFilter) { serviceSubcategories(filter: $f) { totalCount } }"


def deep(levels: int) -> dict[str, Any]:
    """A filter of so many levels."""
    found: dict[str, Any] = {}
    for _ in range(levels - 1):
        found = {"AND": found}
    return found


def nested(levels: int) -> str:
    """A document of so many levels of objects."""
    below = levels - 3
    parents = "parent { " * below + "id" + " }" * below
    return f"{{ serviceCategories {{ edges {{ node {{ {parents} }} }} }} }}"


#: A limit, the code of its refusal, and documents and variables of a size.
LIMITS: list[tuple[str, str, Any, Any]] = [
    ("length", "document_too_long", lambda n: "{ __typename }".ljust(n), None),
    ("tokens", "too_many_tokens", lambda n: "{ " + "__typename " * (n - 2) + "}", None),
    ("depth", "document_too_deep", nested, None),
    (
        "nesting",
        "document_too_deep",
        lambda n: "{ " + "... on Query { " * (n - 1) + "__typename" + " }" * n,
        None,
    ),
    (
        "aliases",
        "too_many_aliases",
        lambda n: "{ " + " ".join(f"a{i}: __typename" for i in range(n)) + " }",
        None,
    ),
    (
        "directives",
        "too_many_directives",
        lambda n: "{ " + "__typename @include(if: true) " * n + "}",
        None,
    ),
    (
        "operations",
        "too_many_operations",
        lambda n: "query A { __typename } " + " ".join(f"query B{i} {{ a }}" for i in range(n - 1)),
        None,
    ),
    (
        "mutations",
        "too_many_mutations",
        lambda n: (
            "mutation { " + " ".join(f"a{i}: signOut {{ __typename }}" for i in range(n)) + "}"
        ),
        None,
    ),
    ("repeats", "too_many_repeats", lambda n: "{ " + "__typename " * n + "}", None),
    (
        "list_items",
        "list_too_long",
        lambda n: "{ nodes(ids: [" + '"TGFuZ3VhZ2U6MQ==" ' * n + "]) { id } }",
        None,
    ),
    (
        "introspection_depth",
        "introspection_too_deep",
        lambda n: '{ __type(name: "Order") { ' + "ofType { " * (n - 1) + "name" + " }" * n + " }",
        None,
    ),
    (
        "nodes",
        "too_many_nodes",
        lambda n: f"{{ serviceCategories(first: {n - 1}) {{ edges {{ cursor }} }} }}",
        None,
    ),
    (
        "cost",
        "too_expensive",
        lambda n: f"{{ serviceCategories(first: {n - 2}) {{ edges {{ node {{ id }} }} }} }}",
        None,
    ),
    ("input_depth", "input_too_deep", lambda n: FILTER, lambda n: {"f": deep(n - 1)}),
    (
        "input_values",
        "too_many_values",
        lambda n: FILTER,
        lambda n: {"f": {"name": {"inList": ["a"] * (n - 3)}}},
    ),
]
#: The smallest of each that are tried.
SMALL = {"nodes": 40, "cost": 40, "length": 200, "tokens": 60, "input_values": 60}


@pytest.mark.parametrize(("name", "code", "document", "variables"), LIMITS)
def test_what_is_at_a_limit_runs_and_what_is_past_it_does_not(
    graphql: GraphQL, settings: Any, name: str, code: str, document: Any, variables: Any
):
    limit = SMALL.get(name, 7)
    settings.DOCUMENT_LIMITS = replace(settings.DOCUMENT_LIMITS, **{name: limit})

    at, past = (graphql(document(n), variables and variables(n)) for n in (limit, limit + 1))

    assert code not in str(at.body)
    assert past.code == code
    assert past.body["errors"][0]["extensions"]["limit"] == limit
    assert past.body["errors"][0]["extensions"]["found"] == limit + 1


def test_every_limit_is_tried(settings: Any):
    assert {name for name, *_ in LIMITS} == set(settings.DOCUMENT_LIMITS.__slots__)


def test_the_usual_limits_are_those_that_are_documented(settings: Any):
    limits = settings.DOCUMENT_LIMITS

    assert (limits.depth, limits.aliases, limits.tokens, limits.directives) == (10, 15, 2000, 20)
    assert (limits.mutations, limits.nodes, limits.cost) == (4, 10_000, 1000)
    assert (limits.introspection_depth, settings.PAGE_SIZE_MAX) == (15, 100)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_a_hostile_document_is_refused_before_any_sql(
    graphql: GraphQL, cast: Cast, hostile: Hostile
):
    token = start_session(user=cast.ben).access_token
    with CaptureQueriesContext(connection) as queries:
        answer = graphql(hostile.text, hostile.variables, token=token)

    assert answer.status == 400
    assert answer.body["errors"][0]["extensions"]["code"] == hostile.code
    assert "data" not in answer.body
    assert queries.captured_queries == []


def test_there_are_sixty_of_them():
    assert len({each.text for each in HOSTILE}) >= 60


def test_the_standard_introspection_passes(graphql: GraphQL):
    document = get_introspection_query(
        specified_by_url=True, schema_description=True, input_value_deprecation=True
    )

    assert len(graphql(document).data["__schema"]["types"]) > 100
