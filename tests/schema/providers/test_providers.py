"""Finding providers."""

from tests.factories.catalog import CategoryFactory, SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.graphql import GraphQL, gid

NEAR = """query($near: NearInput, $order: [ProviderOrder!]! = [], $filter: ProviderFilter) {
  providers(near: $near, order: $order, filter: $filter) {
    totalCount edges { node { businessName distanceKm averageRating } } } }"""
OBSERVATORY = {"latitude": -33.9381, "longitude": 18.4697, "radiusKm": 15}


def _names(answer) -> list[str]:
    return [edge["node"]["businessName"] for edge in answer.data["providers"]["edges"]]


def _around_observatory() -> None:
    ProviderFactory(business_name="Claremont", latitude=-33.9806, longitude=18.4653)
    ProviderFactory(
        business_name="Woodstock", latitude=-33.9275, longitude=18.4459, average_rating=3
    )
    ProviderFactory(business_name="Stellenbosch", latitude=-33.9346, longitude=18.8610)
    ProviderFactory(business_name="Nowhere", latitude=None, longitude=None)


def test_providers_in_a_circle_come_nearest_first(graphql: GraphQL):
    _around_observatory()

    answer = graphql(NEAR, {"near": OBSERVATORY})

    assert _names(answer) == ["Woodstock", "Claremont"]
    distances = [edge["node"]["distanceKm"] for edge in answer.data["providers"]["edges"]]
    # From their bases to a hundredth of a degree.
    assert [round(distance, 1) for distance in distances] == [2.0, 4.7]
    assert answer.data["providers"]["totalCount"] == 2


def test_a_circle_can_be_ordered_otherwise(graphql: GraphQL):
    _around_observatory()

    farthest = graphql(NEAR, {"near": OBSERVATORY, "order": [{"distance": "DESC"}]})
    worst = graphql(NEAR, {"near": OBSERVATORY, "order": [{"averageRating": "ASC"}]})

    assert _names(farthest) == ["Claremont", "Woodstock"]
    assert _names(worst) == ["Claremont", "Woodstock"]


def test_a_circle_reaches_across_the_date_line(graphql: GraphQL):
    ProviderFactory(business_name="Fiji", latitude=-17.0, longitude=-179.9)
    ProviderFactory(business_name="Far", latitude=-17.0, longitude=170.0)

    answer = graphql(NEAR, {"near": {"latitude": -17.0, "longitude": 179.9, "radiusKm": 50}})

    assert _names(answer) == ["Fiji"]


def test_a_circle_that_is_none_is_refused(graphql: GraphQL):
    nowhere = graphql(NEAR, {"near": OBSERVATORY | {"latitude": 91}})
    too_wide = graphql(NEAR, {"near": OBSERVATORY | {"radiusKm": 501}})
    without = graphql(NEAR, {"order": [{"distance": "ASC"}]})

    assert (nowhere.code, too_wide.code) == ("invalid_circle", "invalid_circle")
    assert without.code == "near_needed"


def test_a_category_includes_the_branches_below_it(graphql: GraphQL):
    root = CategoryFactory()
    below = SubcategoryFactory(category=CategoryFactory(parent=CategoryFactory(parent=root)))
    OfferedServiceFactory(provider__business_name="Deep", subcategory=below)
    OfferedServiceFactory(provider__business_name="Noise")

    answer = graphql(NEAR, {"filter": {"categoryId": gid(root)}})

    assert _names(answer) == ["Deep"]
