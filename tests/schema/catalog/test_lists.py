"""Lists of the catalog: found by branch, text, language and postal code; the deleted for staff."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.graphql import GraphQL, gid

LISTS = {
    "languages": ("Language", LanguageFactory),
    "serviceCategories": ("ServiceCategory", CategoryFactory),
    "serviceSubcategories": ("ServiceSubcategory", SubcategoryFactory),
    "serviceAddons": ("ServiceAddon", AddonFactory),
    "servicePackages": ("ServicePackage", PackageFactory),
    "serviceAreas": ("ServiceArea", AreaFactory),
}
each_list = pytest.mark.parametrize("name", LISTS)


def listing(graphql: GraphQL, name: str, filter: dict[str, Any], by: Any = None) -> Any:
    """The answer to a list with a filter."""
    kind = LISTS[name][0]
    return graphql(
        f"query($filter: {kind}Filter) {{ {name}(filter: $filter) "
        "{ totalCount edges { node { name isDeleted } } } }",
        {"filter": filter},
        by=by,
    )


def names(graphql: GraphQL, name: str, filter: dict[str, Any], by: Any = None) -> list[str]:
    """The names in a list with a filter."""
    page = listing(graphql, name, filter, by).data[name]
    assert page["totalCount"] == len(page["edges"])
    return sorted(edge["node"]["name"] for edge in page["edges"])


@each_list
def test_staff_who_oversee_a_list_see_the_deleted_in_it(graphql: GraphQL, cast: Cast, name: str):
    kind, factory = LISTS[name]
    factory(name="There")
    factory(name="Gone").soft_delete()
    overseer = UserFactory(is_staff=True)
    overseer.user_permissions.set(Permission.objects.filter(codename=f"view_{kind.lower()}"))
    deleted = {"includeDeleted": True, "isDeleted": {"exact": True}}

    assert names(graphql, name, {}, cast.dora) == ["There"]
    assert names(graphql, name, {"includeDeleted": True}, cast.dora) == ["Gone", "There"]
    assert names(graphql, name, {"includeDeleted": True}, overseer) == ["Gone", "There"]
    assert names(graphql, name, deleted, cast.dora) == ["Gone"]
    assert names(graphql, name, {"includeDeleted": False}, cast.cleo) == ["There"]
    assert names(graphql, name, {"isDeleted": {"exact": True}}) == []


@each_list
def test_nobody_else_does(graphql: GraphQL, cast: Cast, name: str):
    LISTS[name][1](name="Gone").soft_delete()
    asked = [{"includeDeleted": True}, {"NOT": {"includeDeleted": True}}]

    for filter in asked:
        codes = [listing(graphql, name, filter, by).code for by in (None, cast.cleo, cast.eve)]
        assert codes == ["not_allowed"] * 3


@pytest.mark.parametrize("name", [name for name in LISTS if name.startswith("service")][:4])
def test_a_branch_has_all_that_is_below_it(graphql: GraphQL, name: str):
    house = CategoryFactory(name="House")
    water = CategoryFactory(name="Water", parent=house)
    tap = SubcategoryFactory(name="Tap", category=CategoryFactory(name="Pipes", parent=water))
    AddonFactory(name="Valve", subcategory=tap)
    PackageFactory(name="All", subcategory=tap)
    SubcategoryFactory(name="Roof", category=house)
    for factory in (CategoryFactory, SubcategoryFactory, AddonFactory, PackageFactory):
        factory(name="noise")
    expected = {
        "serviceCategories": ["Pipes", "Water"],
        "serviceSubcategories": ["Tap"],
        "serviceAddons": ["Valve"],
        "servicePackages": ["All"],
    }

    assert names(graphql, name, {"branchId": gid(water)}) == expected[name]
    assert listing(graphql, name, {"branchId": gid(tap)}).code == "invalid_id"


@pytest.mark.parametrize("name", [name for name in LISTS if name.startswith("service")])
@pytest.mark.parametrize("text", ["wate", "ЖИЛИЩН", "l'eau"])
def test_a_text_is_found_in_any_language(graphql: GraphQL, name: str, text: str):
    texts = {"fr": {"name": "De l'eau"}, "ru": {"name": "Для жилищ и домов: жилищная"}}
    LISTS[name][1](name="Water", translations=texts)
    LISTS[name][1](name="noise", translations={"fr": {"name": "Autre"}})

    assert names(graphql, name, {"search": text}) == ["Water"]


@pytest.mark.parametrize("text", ["name", "fr", "%", "_", "{", "[", '"', ","])
def test_a_text_is_not_found_in_what_is_around_the_texts(graphql: GraphQL, text: str):
    CategoryFactory(name="Water", slug="a", translations={"fr": {"name": "Eau"}})
    CategoryFactory(name="Roofs", slug="b", keywords=["tiles", "gutters"])

    found = names(graphql, "serviceCategories", {"search": text})
    others = names(graphql, "serviceCategories", {"NOT": {"search": text}})

    assert (found, others) == ([], ["Roofs", "Water"])


def test_texts_are_also_found_in_keywords_cities_and_codes(graphql: GraphQL):
    CategoryFactory(name="Water", keywords=["geyser", "tap"])
    AreaFactory(name="Gardens", state="Western Cape", postal_codes=["8001"])
    LanguageFactory(name="French", native_name="Français", code="fr")

    assert names(graphql, "serviceCategories", {"search": "geys"}) == ["Water"]
    assert names(graphql, "serviceAreas", {"search": "western"}) == ["Gardens"]
    assert names(graphql, "serviceAreas", {"search": "8001"}) == ["Gardens"]
    assert names(graphql, "languages", {"search": "çais"}) == ["French"]


def test_entries_are_found_by_a_language_that_they_have_texts_in(graphql: GraphQL):
    CategoryFactory(name="Water", translations={"fr": {"name": "Eau"}})
    CategoryFactory(name="Roofs")

    assert names(graphql, "serviceCategories", {"language": "fr"}) == ["Water"]
    assert names(graphql, "serviceCategories", {"NOT": {"language": "fr"}}) == ["Roofs"]


def test_areas_are_found_by_a_postal_code(graphql: GraphQL):
    AreaFactory(name="Gardens", postal_codes=["SW1A 1AA"])
    AreaFactory(name="noise", postal_codes=["SW1A"])

    assert names(graphql, "serviceAreas", {"postalCode": " sw1a  1aa"}) == ["Gardens"]


def test_roots_are_told_from_branches(graphql: GraphQL):
    CategoryFactory(name="Pipes", parent=CategoryFactory(name="Water"))

    assert names(graphql, "serviceCategories", {"isRoot": True}) == ["Water"]
    assert names(graphql, "serviceCategories", {"isRoot": False}) == ["Pipes"]


def test_what_is_featured_comes_first_and_then_by_its_place(graphql: GraphQL):
    for place, name in ((2, "Pipes"), (1, "Roofs")):
        CategoryFactory(name=name, sort_order=place)
    CategoryFactory(name="Doors", sort_order=9, featured=True)
    order = "[{featured: DESC}, {sortOrder: ASC}, {name: ASC}]"

    page = graphql(f"{{ serviceCategories(order: {order}) {{ edges {{ node {{ name }} }} }} }}")

    edges = page.data["serviceCategories"]["edges"]
    assert [edge["node"]["name"] for edge in edges] == ["Doors", "Roofs", "Pipes"]


BY = "query($id: ID, $slug: String) { %s(id: $id, slug: $slug) { name } }"


@pytest.mark.parametrize(
    ("name", "factory"),
    [("serviceCategory", CategoryFactory), ("serviceSubcategory", SubcategoryFactory)],
)
def test_an_entry_is_found_by_its_slug(graphql: GraphQL, name: str, factory: Any):
    row = factory(name="Water", slug="water")
    factory(slug="gone").soft_delete()

    def ask(**given: str) -> Any:
        return graphql(BY % name, given)

    assert ask(slug="water").data[name] == ask(id=gid(row)).data[name] == {"name": "Water"}
    assert ask(slug="gone").code == ask(slug="none").code == "not_found"
    assert ask().code == ask(slug="water", id=gid(row)).code == "id_or_slug"
