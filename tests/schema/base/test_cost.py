"""What operations cost, as the answer tells it, and who pays."""

import random
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)

from apps.accounts.services.sessions import start_session
from kernel.rates import Rate
from schema.base.tariff import tariff_of
from schema.root import schema
from tests.architecture.isolation.documents import QUERIES, asks, is_connection
from tests.architecture.test_query_counts import grow
from tests.factories.cast import Cast
from tests.factories.catalog import CategoryFactory, SubcategoryFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid

CATALOG = (
    "query($n: Int) { serviceCategories(first: $n) { edges { node { name"
    " subcategories(first: 5) { edges { node { name } } } } } } }"
)
CORE = schema._schema


def cost(answer: Answer) -> dict[str, Any]:
    """What an answer tells of its cost."""
    found: dict[str, Any] = answer.extensions["cost"]
    return found


def test_an_answer_tells_what_it_cost(graphql: GraphQL, settings: Any):
    settings.COST_RATES = {**settings.COST_RATES, "ADDRESS": Rate(2000, 1e6)}
    category = CategoryFactory()
    for _ in range(3):
        SubcategoryFactory(category=category)

    answer = graphql(CATALOG, {"n": 10})

    # The operation, its list, and ten rows with a list of five each; one row with three is there.
    assert cost(answer) == {
        "requested": 1 + 1 + 10 * (1 + 1 + 5),
        "actual": 1 + 1 + 1 * (1 + 1 + 3),
        "remaining": 2000 - 7,
        "limit": 2000,
        "restoreRate": 0.002,
        "resetAt": cost(answer)["resetAt"],
    }


def test_a_page_that_a_variable_leaves_open_counts_as_the_usual_one(graphql: GraphQL):
    assert cost(graphql(CATALOG))["requested"] == 1 + 1 + 20 * (1 + 1 + 5)


def test_of_the_types_that_an_object_may_have_the_most_costly_counts(graphql: GraphQL):
    less = "... on ServiceCategory { subcategories(first: 2) { edges { node { id } } } }"
    more = "... on ServiceSubcategory { addons(first: 5) { edges { node { id } } } }"
    given = {"id": gid(SubcategoryFactory())}
    asked = [f"query($id: ID!) {{ node(id: $id) {{ {part} }} }}" for part in (less, more)]
    both = f"query($id: ID!) {{ node(id: $id) {{ {less} {more} }} }}"

    a_little, much, most = (cost(graphql(each, given))["requested"] for each in (*asked, both))

    assert (a_little + 3, much) == (most, most)


@pytest.mark.parametrize("whose", ["USER", "ORGANIZATION"])
def test_who_asks_too_much_is_told_when_to_ask_again(
    graphql: GraphQL, cast: Cast, settings: Any, whose: str
):
    settings.COST_RATES = {**settings.COST_RATES, whose: Rate(100, 1000)}
    MembershipFactory(user=cast.ben)
    asks = {"token": start_session(user=cast.ben).access_token}
    taken = [graphql("{ me { id } }", **asks) for _ in range(34)]

    *_, refused = taken

    error = refused.body["errors"][0]
    assert [answer.status for answer in taken] == [200] * 33 + [429]
    assert error["extensions"]["code"] == "rate_limited"
    assert 1 <= error["extensions"]["retryAfter"] <= 30
    assert cost(refused)["actual"] == 1


def test_colleagues_pay_from_the_bucket_of_their_organization(
    graphql: GraphQL, cast: Cast, settings: Any
):
    settings.COST_RATES = {**settings.COST_RATES, "ORGANIZATION": Rate(1000, 1e6)}
    organization = MembershipFactory(user=cast.ben).organization
    colleague = MembershipFactory(organization=organization).user
    for user in (cast.ben, colleague):
        answer = graphql("{ me { id } }", by=user)

    assert cost(answer)["remaining"] == 1000 - 2 * cost(answer)["actual"]


def test_a_stranger_does_not_pay(graphql: GraphQL, cast: Cast, settings: Any):
    settings.COST_RATES = {**settings.COST_RATES, "USER": Rate(1000, 1e6)}
    for _ in range(3):
        graphql("{ me { id } }", by=cast.ben)

    answer = graphql("{ me { id } }", by=cast.cleo)

    assert cost(answer)["remaining"] == 1000 - cost(answer)["actual"]


def test_an_effect_costs_more_than_a_look(graphql: GraphQL, cast: Cast):
    assert cost(graphql("mutation { signOut { __typename } }", by=cast.ben))["actual"] == 11


def test_what_a_refused_document_asks_is_not_paid(graphql: GraphQL, cast: Cast, settings: Any):
    settings.COST_RATES = {**settings.COST_RATES, "USER": Rate(1000, 1e6)}
    graphql(CATALOG, {"n": 1000}, by=cast.ben)

    assert cost(graphql("{ me { id } }", by=cast.ben))["remaining"] == 1000 - 3


def test_each_list_says_how_long_it_is():
    sizes = tariff_of(CORE).sizes
    lists = {
        (kind.name, name)
        for kind in CORE.type_map.values()
        if hasattr(kind, "fields") and not kind.name.startswith("__") and not is_connection(kind)
        for name, field in kind.fields.items()
        if is_list_type(get_nullable_type(field.type))
        and is_composite_type(get_named_type(field.type))
    }

    assert lists == sizes.keys()


def test_each_connection_and_each_root_field_says_what_it_costs():
    weights = tariff_of(CORE).weights
    roots = {CORE.query_type, CORE.mutation_type}
    unpriced = {
        f"{kind.name}.{name}"
        for kind in CORE.type_map.values()
        if hasattr(kind, "fields") and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        if kind in roots or is_connection(field.type)
        if weights.get(kind.name, {}).get(name, 0) < 1
    }

    assert unpriced == set()


def test_what_costs_is_printed():
    assert "@gate(allows: SIGNED_IN) @cost(weight: 10)" in str(schema)


class Dice:
    """Writes random documents that the schema allows."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fragments: list[str] = []

    def document(self) -> str:
        """A document with one to three lists."""
        lists = [name for name, field in QUERIES.items() if is_connection(field.type)]
        open_ones = [name for name in lists if not asks(QUERIES[name])]
        names = self.random.sample(open_ones, self.random.randint(1, 3))
        fields = " ".join(self._field(name, QUERIES[name], 1) for name in names)
        return f"{{ {fields} }} {' '.join(self.fragments)}"

    def _field(self, name: str, field: Any, depth: int) -> str:
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            return name
        given = ""
        if is_connection(kind) and self.random.random() < 0.7:
            given = f"(first: {self.random.randint(0, 25)})"
        alias = f"a{self.random.randint(0, 999)}: " if self.random.random() < 0.1 else ""
        return f"{alias}{name}{given} {{ {self._selection(kind, depth + 1)} }}"

    def _selection(self, kind: Any, depth: int) -> str:
        if is_abstract_type(kind):
            kinds = self.random.sample(CORE.get_possible_types(kind), 1)
            parts = [f"... on {each.name} {{ {self._selection(each, depth)} }}" for each in kinds]
            return f"__typename {' '.join(parts)}"
        fields = {
            name: field
            for name, field in kind.fields.items()
            if not asks(field) and (depth < 9 or is_leaf_type(get_named_type(field.type)))
        }
        names = set(self.random.sample(list(fields), min(len(fields), self.random.randint(1, 4))))
        if is_connection(kind):
            names |= {"edges"} & fields.keys()
        if kind.name.endswith("Edge"):
            names |= {"node"} & fields.keys()
        written = " ".join(self._field(name, fields[name], depth) for name in names)
        written = f"__typename {written}"
        if self.random.random() < 0.1:
            self.fragments.append(f"fragment F{len(self.fragments)} on {kind.name} {{ {written} }}")
            return f"...F{len(self.fragments) - 1}"
        return written


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize("count", [150, pytest.param(500, marks=pytest.mark.soak)])
def test_nothing_costs_more_than_was_found_before(
    graphql: GraphQL, cast: Cast, settings: Any, count: int
):
    settings.DOCUMENT_LIMITS = replace(settings.DOCUMENT_LIMITS, aliases=100)
    grow(cast, 3)
    token = start_session(user=cast.dora).access_token
    documents = [Dice(seed).document() for seed in range(count)]

    told = [cost(graphql(each, token=token)) for each in documents]

    assert [each for each in told if each["actual"] > each["requested"]] == []
    assert sum(each["actual"] > 20 for each in told) > count / 5
