"""Reading the catalog, which everyone may, signed in or not."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

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


def _nodes(connection: dict[str, Any], field: str = "name") -> list[Any]:
    return [edge["node"][field] for edge in connection["edges"]]


LANGUAGES = """{ languages { totalCount edges { node {
  code name nativeName isDefault rtlSupport localeCode currencyCode } } } }"""


def test_languages_in_use_are_listed(graphql: GraphQL):
    LanguageFactory(code="ky", name="Kyrgyz", native_name="Кыргызча", currency_code="KGS")
    LanguageFactory(code="tlh", is_active=False)
    LanguageFactory(code="la").soft_delete()

    languages = graphql(LANGUAGES).data["languages"]

    assert languages["totalCount"] == 1
    assert languages["edges"][0]["node"] == {
        "code": "ky",
        "name": "Kyrgyz",
        "nativeName": "Кыргызча",
        "isDefault": False,
        "rtlSupport": False,
        "localeCode": "",
        "currencyCode": "KGS",
    }


CATEGORIES = """query($filter: ServiceCategoryFilter, $order: [ServiceCategoryOrder!]! = []) {
  serviceCategories(filter: $filter, order: $order) { totalCount edges { node { name } } } }"""


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"slug": {"exact": "water"}}, ["Water"]),
        ({"name": {"iContains": "e"}}, ["Pipes", "Water"]),
        ({"featured": {"exact": True}}, ["Pipes"]),
        ({"parent": {"slug": {"exact": "water"}}}, ["Pipes"]),
        ({"slug": {"inList": ["water", "roofs", "gone"]}}, ["Roofs", "Water"]),
        ({"slug": {"exact": "water"}, "OR": {"slug": {"exact": "roofs"}}}, ["Roofs", "Water"]),
        ({"NOT": {"slug": {"exact": "water"}}}, ["Pipes", "Roofs"]),
        ({"name": {"contains": "e"}, "AND": {"featured": {"exact": False}}}, ["Water"]),
        ({"slug": {"exact": "gone"}}, []),
    ],
)
def test_categories_are_filtered(graphql: GraphQL, filter: dict[str, Any], names: list[str]):
    water = CategoryFactory(name="Water", slug="water")
    CategoryFactory(name="Pipes", slug="pipes", parent=water, featured=True)
    CategoryFactory(name="Roofs", slug="roofs")
    CategoryFactory(name="Gone", slug="gone", parent=water).soft_delete()

    found = graphql(CATEGORIES, {"filter": filter}).data["serviceCategories"]

    assert sorted(_nodes(found)) == names
    assert found["totalCount"] == len(names)


def test_categories_are_found_by_their_ids_and_their_parents(graphql: GraphQL):
    water, roofs = CategoryFactory(name="Water"), CategoryFactory(name="Roofs")
    CategoryFactory(name="Pipes", parent=water)

    by_id = graphql(CATEGORIES, {"filter": {"id": {"exact": gid(roofs)}}})
    by_parent = graphql(CATEGORIES, {"filter": {"parent": {"id": {"exact": gid(water)}}}})

    assert _nodes(by_id.data["serviceCategories"]) == ["Roofs"]
    assert _nodes(by_parent.data["serviceCategories"]) == ["Pipes"]


def test_categories_come_in_the_order_asked_for(graphql: GraphQL):
    for place, name in ((2, "Pipes"), (1, "Roofs"), (1, "Doors")):
        CategoryFactory(name=name, sort_order=place)

    order = [{"sortOrder": "ASC"}, {"name": "ASC"}]
    sorted_ = graphql(CATEGORIES, {"order": order}).data["serviceCategories"]
    backwards = graphql(CATEGORIES, {"order": [{"name": "DESC"}]}).data["serviceCategories"]

    assert _nodes(sorted_) == ["Doors", "Roofs", "Pipes"]
    assert _nodes(backwards) == ["Roofs", "Pipes", "Doors"]


TREE = """query($id: ID!) { serviceCategory(id: $id) {
  name commissionRate keywords bannerImage minPrice { amount currency } maxPrice { amount }
  parent { name parent { name } }
  children { totalCount edges { node { name children { edges { node { name } } } } } }
  subcategories { edges { node { name basePrice { amount currency } } } } } }"""


def test_a_category_leads_up_and_down_the_tree(graphql: GraphQL):
    house = CategoryFactory(name="House")
    water = CategoryFactory(name="Water", parent=house, keywords=["tap"], min_price=1000)
    pipes = CategoryFactory(name="Pipes", parent=water)
    CategoryFactory(name="Copper", parent=pipes)
    CategoryFactory(name="Lead", parent=water).soft_delete()
    SubcategoryFactory(name="Tap", category=water, base_price=3050)
    SubcategoryFactory(name="Old tap", category=water).soft_delete()
    SubcategoryFactory(name="noise")

    category = graphql(TREE, {"id": gid(water)}).data["serviceCategory"]

    below = {"name": "Pipes", "children": {"edges": [{"node": {"name": "Copper"}}]}}
    tap = {"name": "Tap", "basePrice": {"amount": "30.50", "currency": "USD"}}
    assert category == {
        "name": "Water",
        "commissionRate": "10.00",
        "keywords": ["tap"],
        "bannerImage": None,
        "minPrice": {"amount": "10.00", "currency": "USD"},
        "maxPrice": None,
        "parent": {"name": "House", "parent": None},
        "children": {"totalCount": 1, "edges": [{"node": below}]},
        "subcategories": {"edges": [{"node": tap}]},
    }


SERVICES = """query($filter: ServiceSubcategoryFilter, $order: [ServiceSubcategoryOrder!]! = []) {
  serviceSubcategories(filter: $filter, order: $order) { totalCount edges { node { name } } } }"""


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"slug": {"exact": "tap"}}, ["Tap"]),
        ({"featured": {"exact": True}}, ["Sink"]),
        ({"category": {"slug": {"exact": "water"}}}, ["Sink", "Tap"]),
        ({"category": {"parent": {"slug": {"exact": "house"}}}}, ["Sink", "Tap"]),
        ({"NOT": {"category": {"slug": {"exact": "water"}}}}, ["Roof"]),
        ({"slug": {"exact": "tap"}, "OR": {"slug": {"exact": "roof"}}}, ["Roof", "Tap"]),
        ({"slug": {"exact": "tap"}, "AND": {"featured": {"exact": True}}}, []),
    ],
)
def test_services_are_filtered(graphql: GraphQL, filter: dict[str, Any], names: list[str]):
    water = CategoryFactory(slug="water", parent=CategoryFactory(slug="house"))
    SubcategoryFactory(name="Tap", slug="tap", category=water)
    SubcategoryFactory(name="Sink", slug="sink", category=water, featured=True)
    SubcategoryFactory(name="Roof", slug="roof")
    SubcategoryFactory(name="Gone", slug="gone", category=water).soft_delete()

    found = graphql(SERVICES, {"filter": filter}).data["serviceSubcategories"]

    assert sorted(_nodes(found)) == names
    assert found["totalCount"] == len(names)


def test_services_come_in_the_order_asked_for(graphql: GraphQL):
    for price, name in ((300, "Tap"), (100, "Sink"), (200, "Roof")):
        SubcategoryFactory(name=name, base_price=price)

    found = graphql(SERVICES, {"order": [{"basePrice": "DESC"}]}).data["serviceSubcategories"]

    assert _nodes(found) == ["Tap", "Roof", "Sink"]


SERVICE = """query($id: ID!) { serviceSubcategory(id: $id) {
  name complexityLevel requiredTools estimatedDuration image category { name }
  basePrice { amount currency formatted } priceRangeMin { amount }
  addons { edges { node { name price { amount } priceType minQuantity maxQuantity
    subcategory { name } prerequisites { edges { node { name } } } } } }
  packages { edges { node { name packagePrice { amount } discountPercentage validFrom
    addons { totalCount edges { node { name } } } } } } } }"""


def test_a_service_shows_its_addons_their_prerequisites_and_its_packages(graphql: GraphQL):
    service = SubcategoryFactory(name="Tap", required_tools=["Wrench"], complexity_level="EASY")
    valve = AddonFactory(name="Valve", subcategory=service, price=1550)
    washer = AddonFactory(name="Washer", subcategory=service)
    washer.prerequisites.add(valve)
    package = PackageFactory(name="All", subcategory=service, valid_from=date(2026, 1, 2))
    package.addons.add(washer)
    AddonFactory(name="noise")
    PackageFactory(name="noise")
    for gone in (AddonFactory(subcategory=service), PackageFactory(subcategory=service)):
        gone.soft_delete()

    seen = graphql(SERVICE, {"id": gid(service)}).data["serviceSubcategory"]

    assert (seen["name"], seen["complexityLevel"]) == ("Tap", "EASY")
    assert (seen["requiredTools"], seen["estimatedDuration"]) == (["Wrench"], 60)
    assert seen["basePrice"] == {"amount": "30.00", "currency": "USD", "formatted": "$30.00"}
    assert (seen["priceRangeMin"], seen["image"]) == (None, None)
    assert seen["category"] == {"name": "Plumbing"}
    addons = {edge["node"]["name"]: edge["node"] for edge in seen["addons"]["edges"]}
    assert set(addons) == {"Valve", "Washer"}
    assert addons["Valve"]["price"] == {"amount": "15.50"}
    assert _nodes(addons["Valve"]["prerequisites"]) == []
    assert _nodes(addons["Washer"]["prerequisites"]) == ["Valve"]
    assert addons["Washer"] | {"prerequisites": None} == {
        "name": "Washer",
        "price": {"amount": "5.00"},
        "priceType": "FIXED",
        "minQuantity": 1,
        "maxQuantity": 5,
        "subcategory": {"name": "Tap"},
        "prerequisites": None,
    }
    (held,) = seen["packages"]["edges"]
    assert held["node"] == {
        "name": "All",
        "packagePrice": {"amount": "90.00"},
        "discountPercentage": "0.00",
        "validFrom": "2026-01-02",
        "addons": {"totalCount": 1, "edges": [{"node": {"name": "Washer"}}]},
    }


def test_a_deleted_addon_is_in_no_package_and_no_prerequisite(graphql: GraphQL):
    service = SubcategoryFactory()
    valve, washer = AddonFactory(subcategory=service), AddonFactory(subcategory=service)
    washer.prerequisites.add(valve)
    PackageFactory(subcategory=service).addons.add(valve)
    valve.soft_delete()

    seen = graphql(SERVICE, {"id": gid(service)}).data["serviceSubcategory"]

    assert _nodes(seen["addons"], "prerequisites") == [{"edges": []}]
    assert _nodes(seen["packages"], "addons") == [{"totalCount": 0, "edges": []}]


PACKAGES = """query($filter: ServicePackageFilter) { servicePackages(filter: $filter) {
  totalCount edges { node { name subcategory { name } } } } }"""


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        (None, ["All", "Few"]),
        ({"isPopular": {"exact": True}}, ["All"]),
        ({"subcategory": {"slug": {"exact": "tap"}}}, ["All"]),
        ({"NOT": {"isPopular": {"exact": True}}}, ["Few"]),
    ],
)
def test_packages_are_listed_and_filtered(
    graphql: GraphQL, filter: dict[str, Any] | None, names: list[str]
):
    PackageFactory(name="All", is_popular=True, subcategory__slug="tap")
    PackageFactory(name="Few")
    PackageFactory(name="None", is_popular=True).soft_delete()

    found = graphql(PACKAGES, {"filter": filter}).data["servicePackages"]

    assert sorted(_nodes(found)) == names
    assert found["totalCount"] == len(names)


AREAS = """query($filter: ServiceAreaFilter, $order: [ServiceAreaOrder!]! = []) {
  serviceAreas(filter: $filter, order: $order) { totalCount edges { node {
    name city currency basePriceMultiplier travelFee { amount currency }
    serviceCategories { edges { node { name } } } } } } }"""


def test_areas_in_use_are_listed_by_city(graphql: GraphQL):
    area = AreaFactory(travel_fee=5000)
    area.service_categories.add(CategoryFactory(name="Water"))
    AreaFactory(name="Woodstock")
    AreaFactory(name="Closed", is_active=False)
    AreaFactory(name="Gone").soft_delete()
    AreaFactory(name="Karen", city="Nairobi", country="KE", currency="KES")

    given = {"filter": {"city": {"exact": "Cape Town"}}, "order": [{"name": "ASC"}]}
    areas = graphql(AREAS, given).data["serviceAreas"]

    assert _nodes(areas) == ["Observatory", "Woodstock"]
    assert areas["totalCount"] == 2
    assert areas["edges"][0]["node"] == {
        "name": "Observatory",
        "city": "Cape Town",
        "currency": "ZAR",
        "basePriceMultiplier": "18.0000",
        "travelFee": {"amount": "50.00", "currency": "ZAR"},
        "serviceCategories": {"edges": [{"node": {"name": "Water"}}]},
    }


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"country": {"exact": "KE"}}, ["Karen"]),
        ({"name": {"startsWith": "Wood"}}, ["Woodstock"]),
        ({"NOT": {"city": {"exact": "Cape Town"}}}, ["Karen"]),
        (
            {"city": {"exact": "Nairobi"}, "OR": {"name": {"exact": "Woodstock"}}},
            ["Karen", "Woodstock"],
        ),
    ],
)
def test_areas_are_filtered(graphql: GraphQL, filter: dict[str, Any], names: list[str]):
    AreaFactory(name="Woodstock")
    AreaFactory(name="Observatory")
    AreaFactory(name="Karen", city="Nairobi", country="KE")

    areas = graphql(AREAS, {"filter": filter}).data["serviceAreas"]

    assert sorted(_nodes(areas)) == names


def test_staff_also_sees_what_is_switched_off(graphql: GraphQL, cast: Cast):
    AreaFactory(is_active=False)
    LanguageFactory(is_active=False)

    assert graphql(AREAS, by=cast.dora).data["serviceAreas"]["totalCount"] == 1
    assert graphql(LANGUAGES, by=cast.dora).data["languages"]["totalCount"] == 1
    assert graphql(AREAS, by=cast.cleo).data["serviceAreas"]["totalCount"] == 0
    assert graphql(LANGUAGES, by=cast.cleo).data["languages"]["totalCount"] == 0


ONE = "query($id: ID!) { %s(id: $id) { id } }"


@pytest.mark.parametrize(
    ("field", "factory"),
    [("serviceCategory", CategoryFactory), ("serviceSubcategory", SubcategoryFactory)],
)
def test_a_deleted_entry_a_missing_one_and_one_of_another_type(
    graphql: GraphQL, field: str, factory: Any
):
    deleted, area = factory(), AreaFactory()
    deleted.soft_delete()
    missing = to_base64(type(deleted).__name__, uuid4())

    of_deleted, of_missing, of_other = (
        graphql(ONE % field, {"id": id}) for id in (gid(deleted), missing, gid(area))
    )

    assert of_deleted.code == "not_found"
    assert of_deleted == of_missing
    assert of_other.code == "invalid_id"


def test_an_area_that_is_switched_off_is_not_there(graphql: GraphQL, cast: Cast):
    area = AreaFactory(is_active=False)
    node = "query($id: ID!) { node(id: $id) { id } }"

    assert graphql(node, {"id": gid(area)}).code == "not_found"
    assert graphql(node, {"id": gid(area)}, by=cast.dora).data["node"] == {"id": gid(area)}
