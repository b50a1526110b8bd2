# ruff: noqa: E501 - a document stands on one line
"""Documents that are written to do harm, each with the code by which it is refused."""

from dataclasses import dataclass, field
from typing import Any

from graphql import get_introspection_query


@dataclass(frozen=True)
class Hostile:
    """One such document, and what it is sent with."""

    name: str
    text: str
    code: str
    variables: dict[str, Any] = field(default_factory=dict)


def _levels(count: int, name: str = "parent") -> str:
    return (
        "{ serviceCategories { edges { node { "
        + f"{name} {{ " * count
        + "id"
        + " }" * count
        + "} } } }"
    )


def _twice(levels: int, body: str = "me { id }") -> str:
    """Fragments that each spread the next one twice."""
    spreads = " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)
    )
    return f"{{ ...F0 }} {spreads} fragment F{levels} on Query {{ {body} }}"


def _twice_below(levels: int) -> str:
    """The same, one object deeper each time."""
    spreads = " ".join(
        f"fragment F{n} on ServiceCategory {{ parent {{ ...F{n + 1} ...F{n + 1} }} }}"
        for n in range(levels)
    )
    last = f"fragment F{levels} on ServiceCategory {{ id }}"
    return f"{{ serviceCategories {{ edges {{ node {{ ...F0 }} }} }} }} {spreads} {last}"


def _ring(size: int) -> str:
    spreads = " ".join(f"fragment F{n} on Query {{ ...F{(n + 1) % size} }}" for n in range(size))
    return f"{{ ...F0 }} {spreads}"


def _chain(size: int) -> str:
    spreads = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(size))
    return f"{{ ...F0 }} {spreads} fragment F{size} on Query {{ me {{ id }} }}"


def _flat(size: int) -> str:
    names = " ".join(f"...F{n}" for n in range(size))
    return f"{{ {names} }} " + " ".join(
        f"fragment F{n} on Query {{ me {{ id }} }}" for n in range(size)
    )


def _inline(levels: int) -> str:
    return "{ " + "... on Query { " * levels + "me { id }" + " }" * levels + " }"


def _aliases(count: int, field: str = "me { id }") -> str:
    return "{ " + " ".join(f"a{n}: {field}" for n in range(count)) + " }"


def _filter(levels: int, word: str = "AND") -> str:
    return "{ orders(filter: " + f"{{{word}: " * levels + "{}" + "}" * levels + ") { totalCount } }"


def _deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"AND": found}
    return found


def _lists(levels: int) -> Any:
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


PAGES = "{ serviceCategories(first: 100) { edges { node { %s } } } }"
BELOW = "subcategories(first: 100) { edges { node { %s } } }"
FILTER = "query($f: OrderFilter) { orders(filter: $f) { totalCount } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
SIGN_OUT = "signOut { __typename }"
INTROSPECTION = get_introspection_query()

HOSTILE = [
    # Fragment bombs, rings, spreads.
    Hostile("a bomb of 22 levels", _twice(22), "too_many_nodes"),
    Hostile("a bomb of 60 levels", _twice(60), "document_too_deep"),
    Hostile("a bomb of 200 levels", _twice(200), "too_many_tokens"),
    Hostile("a bomb with an alias", _twice(22, "a: __typename"), "too_many_aliases"),
    Hostile("a bomb one object deeper each time", _twice_below(22), "document_too_deep"),
    Hostile("a bomb on the schema", _twice(22, "__schema { types { name } }"), "too_many_nodes"),
    Hostile("a fragment that spreads itself", _ring(1), "invalid_request"),
    Hostile("a ring of two", _ring(2), "invalid_request"),
    Hostile("a ring of thirty", _ring(30), "invalid_request"),
    Hostile("a ring of two hundred", _ring(200), "document_too_deep"),
    Hostile("a chain of two hundred", _chain(200), "document_too_deep"),
    Hostile("two hundred fragments beside each other", _flat(200), "too_many_tokens"),
    Hostile("a hundred and ten fragments of one field", _flat(110), "too_many_repeats"),
    Hostile("a spread five hundred times", "{ " + "...F " * 500 + "} fragment F on Query { me { id } }", "too_expensive"),
    Hostile("a fragment that nobody spreads", "{ me { id } } fragment F on Query { me { id } }", "invalid_request"),
    Hostile("an unknown fragment", "{ ...F }", "invalid_request"),
    # Repeated fields.
    Hostile("a field 1,900 times", "{ " + "__typename " * 1900 + "}", "too_many_repeats"),
    Hostile("a field 20,000 times", "{ " + "__typename " * 3000 + "}", "too_many_tokens"),
    Hostile("an object 300 times", "{ " + "me { id } " * 300 + "}", "too_many_repeats"),
    Hostile("a field 200 times in inline fragments", "{ " + "... { __typename } " * 200 + "}", "too_many_repeats"),
    # Aliases.
    Hostile("16 aliases", _aliases(16), "too_many_aliases"),
    Hostile("300 aliases", _aliases(300), "too_many_aliases"),
    Hostile("sign-in by alias", "mutation { " + " ".join(f'a{n}: signIn(input: {{email: "a@b.c", password: "{n}"}}) {{ __typename }}' for n in range(16)) + " }", "too_many_aliases"),
    Hostile("aliases by a fragment", "{ a: me { ...F } b: me { ...F } } fragment F on User { " + " ".join(f"c{n}: id" for n in range(8)) + " }", "too_many_aliases"),
    # Depth.
    Hostile("eleven levels", _levels(8), "document_too_deep"),
    Hostile("a hundred levels", _levels(100), "document_too_deep"),
    Hostile("900 levels", "{a" * 900 + "}" * 900, "too_many_tokens"),
    Hostile("20,000 levels", "{a" * 20_000 + "}" * 20_000, "document_too_long"),
    Hostile("41 inline fragments in each other", _inline(41), "document_too_deep"),
    Hostile("150 inline fragments in each other", _inline(150), "document_too_deep"),
    # Pages, objects and cost.
    Hostile("a page of 101 rows", "{ serviceCategories(first: 101) { totalCount } }", "invalid_page"),
    Hostile("a page of two thousand million rows", "{ serviceCategories(last: 2147483647) { edges { node { id } } } }", "invalid_page"),
    Hostile("a page by a variable", "query($n: Int) { serviceCategories(first: $n) { totalCount } }", "invalid_page", {"n": 1000}),
    Hostile("a page by a variable's default", "query($n: Int = 1000) { serviceCategories(first: $n) { totalCount } }", "invalid_page"),
    Hostile("a page within a page", PAGES % (BELOW % "id"), "too_many_nodes"),
    Hostile("a page within a page within a page", PAGES % (BELOW % ("addons(first: 100) { edges { node { id } } }")), "too_many_nodes"),
    Hostile("216,000 nodes", "{ serviceCategories(first: 60) { edges { node { subcategories(first: 60) { edges { node { addons(first: 60) { edges { node { id } } } } } } } } } }", "too_many_nodes"),
    Hostile("a page within a page by fragments", "{ serviceCategories(first: 100) { ...C } } fragment C on ServiceCategoryConnection { edges { node { ...S } } } fragment S on ServiceCategory { " + BELOW % "id" + " }", "too_many_nodes"),
    Hostile("a page within a page by variables", "query($n: Int!) { serviceCategories(first: $n) { edges { node { subcategories(first: $n) { edges { node { id } } } } } } }", "too_many_nodes", {"n": 100}),
    Hostile("thirty rows of thirty", PAGES.replace("100", "30") % (BELOW.replace("100", "35") % "id"), "too_expensive"),
    Hostile("pages beside each other", _aliases(12, "serviceCategories(first: 100) { edges { node { id } } }"), "too_expensive"),
    Hostile("a hundred nodes with ten rows each", NODES.replace("{ id }", "{ ... on ServiceCategory { children(first: 10) { edges { node { id } } } } }"), "too_expensive", {"ids": ["x"] * 100}),
    Hostile("objects that cost nothing, by the thousand", PAGES % " ".join(f"a{n}: children(first: 12) {{ edges {{ cursor }} }}" for n in range(10)), "too_many_nodes"),
    # Operations, mutations and directives.
    Hostile("eleven operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(11)), "too_many_operations"),
    Hostile("three hundred operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(300)), "too_many_operations"),
    Hostile("five mutations", "mutation { " + " ".join(f"a{n}: {SIGN_OUT}" for n in range(5)) + " }", "too_many_mutations"),
    Hostile("mutations by a fragment", "mutation { ...F ...G } " + " ".join(f"fragment {f} on Mutation {{ {f}1: {SIGN_OUT} {f}2: {SIGN_OUT} {f}3: {SIGN_OUT} }}" for f in "FG"), "too_many_mutations"),
    Hostile("21 directives", "{ " + " ".join("__typename @include(if: true)" for _ in range(21)) + " }", "too_many_directives"),
    Hostile("200 directives on a field", "{ __typename " + "@include(if: true) " * 200 + "}", "too_many_directives"),
    Hostile("500 directives that are unknown", "{ __typename " + "@a " * 500 + "}", "too_many_directives"),
    # Questions about the schema.
    Hostile("a loop of types", "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "introspection_too_deep"),
    Hostile("a loop of types from one", '{ __type(name: "Query") { fields { type { fields { type { fields { name } } } } } } }', "introspection_too_deep"),
    Hostile("a loop by fragments", "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...U } } } fragment U on __Type { fields { type { name } } }", "introspection_too_deep"),
    Hostile("types of types", "{ __schema { types { ofType" + " { ofType" * 15 + " { name }" + " }" * 15 + " } } }", "introspection_too_deep"),
    Hostile("the schema twice", "{ a: __schema { types { name } } b: __schema { types { name } } }", "too_expensive"),
    Hostile("fields of the fields of one type", '{ __type(name: "Query") { fields { type { fields { args { name } } } } } }', "too_many_nodes"),
    Hostile("the schema in a mutation", "mutation { __schema { types { fields { type { possibleTypes { fields { name } } } } } } }", "introspection_too_deep"),
    # Literals and lists.
    Hostile("a literal of 60,000 characters", '{ serviceCategories(search: "' + "x" * 60_000 + '") { totalCount } }', "document_too_long"),
    Hostile("a comment of 60,000 characters", "{ __typename } #" + "x" * 60_000, "document_too_long"),
    Hostile("a text that never ends", '{ serviceCategories(search: "' + "x" * 900, "syntax_error"),
    Hostile("a block that never ends", '{ serviceCategories(search: """' + '\\"""\n' * 9000, "syntax_error"),
    Hostile("an integer of 5,000 digits", "{ serviceCategories(first: " + "9" * 5000 + ") { totalCount } }", "number_too_long"),
    Hostile("a float of 5,000 digits", "{ serviceCategories(first: 1." + "9" * 5000 + ") { totalCount } }", "number_too_long"),
    Hostile("a list of 101 ids", "{ nodes(ids: [" + '"x" ' * 101 + "]) { id } }", "list_too_long"),
    Hostile("a list of 101 ids by a variable", NODES, "list_too_long", {"ids": ["x"] * 101}),
    Hostile("a list of 10,000 ids by a variable", NODES, "list_too_long", {"ids": ["x"] * 10_000}),
    Hostile("a list of a filter", '{ orders(filter: {status: {inList: [' + "DRAFT " * 200 + "]}}) { totalCount } }", "list_too_long"),
    Hostile("a filter of 600 levels", _filter(600), "too_many_tokens"),
    Hostile("a filter of 13 levels by a variable", FILTER, "input_too_deep", {"f": _deep(13)}),
    Hostile("a filter of 5,000 levels by a variable", FILTER, "input_too_deep", {"f": _deep(900)}),
    Hostile("lists in lists by a variable", FILTER, "input_too_deep", {"f": _lists(300)}),
    Hostile("1,100 values by a variable", FILTER, "too_many_values", {"f": {str(n): n for n in range(1100)}}),
    Hostile("values that nobody declared", "{ __typename }", "too_many_values", {str(n): n for n in range(5000)}),
    # Unicode.
    Hostile("a name of other letters", "{ mé { id } }", "syntax_error"),
    Hostile("a name that looks alike", "{ m\u0435 { id } }", "syntax_error"),
    Hostile("marks of direction", "{ \u202eme { id } }", "syntax_error"),
    Hostile("no-break spaces", "{\u00a0me\u00a0{ id } }", "syntax_error"),
    Hostile("half of a pair", '{ serviceCategories(search: "\\ud800") { totalCount } }', "syntax_error"),
    Hostile("a null character", "{ me { id } \u0000 }", "syntax_error"),
    Hostile("nothing but marks", "\ufeff" * 900, "syntax_error"),
    # What no parser takes.
    Hostile("nothing but braces", "{" * 1500, "syntax_error"),
    Hostile("49,000 braces", "{" * 49_000, "too_many_tokens"),
    Hostile("49,000 quotes", '"' * 49_000, "too_many_tokens"),
    Hostile("49,000 signs", "$" * 49_000, "too_many_tokens"),
    Hostile("a subscription to two streams", "subscription { a: chatInbox { __typename } b: chatInbox { __typename } }", "invalid_request"),
    Hostile("variables by the thousand", "query(" + " ".join(f"$v{n}: Int" for n in range(400)) + ") { __typename }", "invalid_request"),
]  # fmt: skip
