"""What was taken out of the catalog: hidden and not to be had, and kept by what refers to it."""

from apps.catalog.services.entries import delete_entry, restore_entry
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory, AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import OfferedServiceFactory
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_deleted_service_cannot_be_booked(graphql: GraphQL, cast: Cast):
    service, ben = SubcategoryFactory(category__parent=CategoryFactory()), cast.ben
    given = {"title": "It drips", "city": "Cape Town", "serviceSubcategoryId": gid(service)}
    delete_entry(entry=service.category.parent)

    with nothing_changes():
        refused = graphql.mutate("createOrder", given, by=ben)
    restore_entry(entry=service.category.parent)
    booked = graphql.mutate("createOrder", given, by=ben)

    assert refused.code == "not_found"
    assert booked.data["createOrder"] == {"__typename": "Order"}


ORDER = """query($id: ID!) { order(id: $id) {
  serviceSubcategory { name isDeleted category { name isDeleted parent { name } } }
  area { name isDeleted } } }"""


def test_an_order_keeps_its_deleted_service_and_area(graphql: GraphQL, cast: Cast):
    house = CategoryFactory(name="House")
    service = SubcategoryFactory(name="Tap", category=CategoryFactory(name="Water", parent=house))
    area = AreaFactory(name="Gardens")
    order = OrderFactory(client_profile=cast.ben_client, service_subcategory=service, area=area)
    for entry in (house, area):
        delete_entry(entry=entry)

    seen = graphql(ORDER, {"id": gid(order)}, by=cast.ben).data["order"]

    assert seen == {
        "serviceSubcategory": {
            "name": "Tap",
            "isDeleted": True,
            "category": {"name": "Water", "isDeleted": True, "parent": {"name": "House"}},
        },
        "area": {"name": "Gardens", "isDeleted": True},
    }


OFFERS = """query($id: ID!) { provider(id: $id) { services { edges { node {
  subcategory { name } availableAddons { edges { node { name } } } } } } } }"""


def test_an_offer_keeps_its_deleted_service_and_not_its_addons(graphql: GraphQL, cast: Cast):
    addon = AddonFactory(subcategory__name="Tap")
    offer = OfferedServiceFactory(provider=cast.ada_business, subcategory=addon.subcategory)
    offer.available_addons.add(addon)
    delete_entry(entry=addon.subcategory)

    seen = graphql(OFFERS, {"id": gid(cast.ada_business)}, by=cast.ada).data["provider"]

    kept = {"subcategory": {"name": "Tap"}, "availableAddons": {"edges": []}}
    assert seen["services"]["edges"] == [{"node": kept}]


def test_an_area_lists_the_categories_that_are_there(graphql: GraphQL):
    area, water, roofs = AreaFactory(), CategoryFactory(name="Water"), CategoryFactory()
    area.service_categories.add(water, roofs)
    delete_entry(entry=roofs)

    page = graphql("{ serviceAreas { edges { node { serviceCategories { edges { node { name }"
                   " } } } } } }").data  # fmt: skip

    (seen,) = page["serviceAreas"]["edges"]
    assert seen["node"]["serviceCategories"]["edges"] == [{"node": {"name": "Water"}}]
