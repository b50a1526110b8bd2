"""Finding providers by words, by place and by what they offer, all in one statement."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.providers.models import ServiceProviderProfile
from apps.providers.services.search import index_all
from kernel import clock
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.graphql import GraphQL, gid

FIND = """query(
  $search: String, $near: NearInput, $filter: ProviderFilter,
  $order: [ProviderOrder!]! = [], $first: Int, $after: String
) { providers(
  search: $search, near: $near, filter: $filter, order: $order, first: $first, after: $after
) { edges { cursor node { businessName } } %s } }"""
COUNTED = FIND % "totalCount pageInfo { hasNextPage endCursor }"
OBSERVATORY = {"latitude": -33.9381, "longitude": 18.4697, "radiusKm": 15}
CAPE_TOWN = {"latitude": -33.9249, "longitude": 18.4241}


def names(answer: Any) -> list[str]:
    """The providers found, in their order."""
    return [edge["node"]["businessName"] for edge in answer.data["providers"]["edges"]]


def offer(name: str, service: Any, **traits: Any) -> ServiceProviderProfile:
    """A provider who offers a service."""
    return OfferedServiceFactory(provider=ProviderFactory(business_name=name, **traits),
                                 subcategory=service).provider  # fmt: skip


@pytest.fixture
def market(db: None) -> None:
    """Plumbers by name, by trade and by their own account, an electrician, and noise."""
    plumbing = CategoryFactory(
        translations={"fr": {"name": "Plomberie"}, "ru": {"name": "Сантехник"}},
        keywords=["plumber", "geyser"],
    )
    tap = SubcategoryFactory(
        category=CategoryFactory(name="Taps", parent=plumbing),
        translations={"fr": {"name": "Réparer un robinet"}, "ru": {"name": "Ремонт крана"}},
    )
    electric = CategoryFactory(name="Electrical work", translations={"fr": {"name": "Électricien"}})
    ProviderFactory(business_name="Cape Plumbing")
    offer("Ada Fixes It", tap)
    ProviderFactory(business_name="Handy", business_description="Plumbing and odd jobs.")
    ProviderFactory(business_name="Far", city="Plumbing Bay")
    ProviderFactory(
        business_name="Мастер Иван", business_description="Опытный сантехник: меняю трубы, ёмкости."
    )
    offer("Light SARL", SubcategoryFactory(category=electric, name="Install lamps"))
    ProviderFactory(business_name="Noise", business_description="Hedges.")
    index_all(advance=int)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        # By weight: the name, what is offered, what is told, the place.
        ("plumbing", ["Cape Plumbing", "Ada Fixes It", "Handy", "Far"]),
        ("PLUMBED", ["Cape Plumbing", "Ada Fixes It", "Handy", "Far"]),
        # English stems, French ones and Russian ones.
        ("leaking taps", ["Ada Fixes It"]),
        ("robinets", ["Ada Fixes It"]),
        ("труба", ["Мастер Иван"]),
        # By the translations of what is offered and of the branches above it.
        ("сантехника", ["Ada Fixes It", "Мастер Иван"]),
        ("краны", ["Ada Fixes It"]),
        # And by a category's keywords.
        ("hot geysers or plumbers", ["Ada Fixes It"]),
        # Accents and case are folded, however they were typed.
        ("électricien", ["Light SARL"]),
        ("electricien", ["Light SARL"]),
        ("E\u0301LECTRICIENS", ["Light SARL"]),
        ("емкость", ["Мастер Иван"]),
        # All words, phrases, alternatives, exceptions.
        ("plumbing tap", ["Ada Fixes It"]),
        ("сантехник leaking", ["Ada Fixes It"]),
        ('"odd jobs"', ["Handy"]),
        ('"jobs odd"', []),
        ("lamps or трубы", ["Light SARL", "Мастер Иван"]),
        ("lampes ou трубы", ["Light SARL", "Мастер Иван"]),
        ("plumbing -odd -bay", ["Cape Plumbing", "Ada Fixes It"]),
        ("plumbing -taps", ["Cape Plumbing", "Handy", "Far"]),
        ('plumbing -"odd jobs"', ["Cape Plumbing", "Ada Fixes It", "Far"]),
        # The last word as it is being typed.
        ("electr", ["Light SARL"]),
        ("опыт", ["Мастер Иван"]),
        ("сантех", ["Ada Fixes It", "Мастер Иван"]),
        ("lam install", []),
        # Nothing is asked for.
        ("", []),
        ("the", []),
        ("et le и", []),
        ("-plumbing", []),
        ("& | ! : * ( ) <-> '' \\", []),
        ('"', []),
        ("or or", []),
        ("\x00", []),
    ],
)
def test_words_find_providers_in_three_languages_the_best_match_first(
    graphql: GraphQL, market: None, search: str, expected: list[str]
):
    answer = graphql(COUNTED, {"search": search})

    assert names(answer) == expected
    assert answer.data["providers"]["totalCount"] == len(expected)


def test_what_stands_in_no_database_parts_words(graphql: GraphQL, market: None):
    answer = graphql(COUNTED, {"search": "odd\x00jobs"})

    assert names(answer) == ["Handy"]


def test_equal_matches_come_by_reputation(graphql: GraphQL):
    for name, rating, reviews in [("Few", 4, 2), ("Many", 4, 9), ("Best", 5, 1)]:
        ProviderFactory(business_name=f"Pipes {name}", average_rating=rating, total_reviews=reviews)
    index_all(advance=int)

    found = graphql(COUNTED, {"search": "pipes"})
    worst_match = graphql(COUNTED, {"search": "pipes", "order": [{"relevance": "ASC"}]})

    assert names(found) == ["Pipes Best", "Pipes Many", "Pipes Few"]
    assert names(worst_match) == ["Pipes Best", "Pipes Many", "Pipes Few"]


def test_a_text_that_is_too_long_or_missing_is_refused(graphql: GraphQL):
    longest = graphql(COUNTED, {"search": "й" * 200})
    longer = graphql(COUNTED, {"search": "й" * 201})
    without = graphql(COUNTED, {"order": [{"relevance": "DESC"}]})
    nowhere = graphql(COUNTED, {"search": "pipes", "order": [{"distance": "ASC"}]})

    assert names(longest) == []
    assert longer.code == "search_too_long"
    assert without.code == "search_needed"
    assert nowhere.code == "near_needed"


def test_words_place_and_filters_narrow_each_other(graphql: GraphQL):
    plumbing = CategoryFactory()
    tap = SubcategoryFactory(category=plumbing)
    offer("Right", tap, average_rating=5, total_reviews=8)
    offer("Too far", tap, average_rating=5, latitude=-34.5)
    offer("Worse", tap, average_rating=3)
    offer("Closed", tap, average_rating=5, total_reviews=8, is_available=False)
    offer("Unverified", tap, average_rating=5, is_verified_provider=False)
    offer("Electrician", SubcategoryFactory(category__name="Electrical work", name="Lamps"))
    index_all(advance=int)

    asked = {
        "search": "plumber",
        "near": OBSERVATORY,
        "filter": {
            "categoryId": gid(plumbing),
            "isAvailable": {"exact": True},
            "isVerifiedProvider": {"exact": True},
            "averageRating": {"gte": "4"},
            "totalReviews": {"gte": 5},
            "currency": {"exact": "ZAR"},
            "price": {"subcategoryId": gid(tap), "most": {"amount": "500", "currency": "ZAR"}},
        },
        "order": [{"relevance": "DESC"}, {"distance": "ASC"}],
    }
    with CaptureQueriesContext(connection) as captured:
        answer = graphql(COUNTED, asked)

    assert names(answer) == ["Right"]
    assert answer.data["providers"]["totalCount"] == 1
    reads = [
        query["sql"] for query in captured if "providers_serviceproviderprofile" in query["sql"]
    ]
    assert len(reads) == 1


def test_a_match_can_be_ordered_by_distance(graphql: GraphQL):
    for name, latitude in [("Pipes far", -33.98), ("Pipes near", -33.94), ("Noise", -33.93)]:
        ProviderFactory(business_name=name, latitude=latitude)
    index_all(advance=int)

    asked = {"search": "pipes", "near": OBSERVATORY}
    nearest = graphql(COUNTED, asked | {"order": [{"distance": "ASC"}]})
    farthest = graphql(COUNTED, asked | {"order": [{"distance": "DESC"}]})

    assert names(nearest) == ["Pipes near", "Pipes far"]
    assert names(farthest) == ["Pipes far", "Pipes near"]


def test_pages_of_equals_hold_each_of_them_once(graphql: GraphQL):
    for _ in range(25):
        ProviderFactory(business_name="Pipes")
    index_all(advance=int)
    found, after, more = [], None, True

    while more:
        page = graphql(
            COUNTED.replace("businessName", "id"),
            {"search": "pipes", "near": OBSERVATORY, "first": 10, "after": after},
        ).data["providers"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert page["totalCount"] == 25

    assert len(found) == len(set(found)) == 25


def test_equal_prices_of_a_service_are_ordered_by_those_of_another(graphql: GraphQL):
    tap, lamp = SubcategoryFactory(), SubcategoryFactory()
    for name, for_tap, for_lamp in [("Dear", 9, 1), ("Last", 5, 8), ("First", 5, 7)]:
        provider = ProviderFactory(business_name=name)
        for service, price in ((tap, for_tap), (lamp, for_lamp)):
            OfferedServiceFactory(provider=provider, subcategory=service, base_price=price)
    order = [
        {"price": {"subcategoryId": gid(service), "currency": "ZAR"}} for service in (tap, lamp)
    ]

    assert names(graphql(COUNTED, {"order": order})) == ["First", "Last", "Dear"]


def test_a_service_that_is_no_longer_in_the_catalog_is_offered_by_nobody(graphql: GraphQL):
    gone = SubcategoryFactory()
    offer("Ada", gone)
    asked = [
        {"subcategoryId": gid(gone)},
        {"categoryId": gid(gone.category)},
        {"price": {"subcategoryId": gid(gone)}},
    ]
    before = [names(graphql(COUNTED, {"filter": each})) for each in asked]

    gone.soft_delete()

    assert before == [["Ada"]] * 3
    assert [names(graphql(COUNTED, {"filter": each})) for each in asked] == [[]] * 3


def test_prices_of_a_service_order_and_narrow(graphql: GraphQL):
    tap = SubcategoryFactory()
    for name, price, currency in [
        ("Dear", 90000, "ZAR"),
        ("Cheap", 20000, "ZAR"),
        ("Fair", 50000, "ZAR"),
        ("Rwf", 30000, "RWF"),
    ]:
        OfferedServiceFactory(
            provider=ProviderFactory(business_name=name, currency=currency),
            subcategory=tap,
            currency=currency,
            base_price=price,
        )
    ProviderFactory(business_name="Offers none")
    OfferedServiceFactory(
        provider=ProviderFactory(business_name="Not now"), subcategory=tap, is_available=False
    )

    def asked(direction: str) -> dict[str, Any]:
        price = {"subcategoryId": gid(tap), "currency": "ZAR", "direction": direction}
        return {"order": [{"price": price}], "filter": {"subcategoryId": gid(tap)}}

    assert names(graphql(COUNTED, asked("ASC"))) == ["Cheap", "Fair", "Dear", "Rwf"]
    assert names(graphql(COUNTED, asked("DESC"))) == ["Dear", "Fair", "Cheap", "Rwf"]

    def between(least: str | None, most: str | None, currency: str = "ZAR") -> list[str]:
        ends = {"least": (least, "ZAR"), "most": (most, currency)}
        given = {
            end: {"amount": amount, "currency": code}
            for end, (amount, code) in ends.items()
            if amount
        }
        answer = graphql(COUNTED, {"filter": {"price": {"subcategoryId": gid(tap), **given}}})
        return sorted(names(answer)) if "errors" not in answer.body else [answer.code]

    assert between("200", "500") == ["Cheap", "Fair"]
    assert between("500.01", None) == ["Dear"]
    assert between(None, "199.99") == []
    assert between(None, None) == ["Cheap", "Dear", "Fair", "Rwf"]
    assert between("200", "500", "RWF") == ["currency_mismatch"]


def test_providers_are_found_by_area_place_and_hours(graphql: GraphQL):
    area = AreaFactory()
    open_now = {
        day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    here = ProviderFactory(
        business_name="Here", availability_schedule=open_now, city="Observatory", currency="USD"
    )
    here.service_areas.add(area)
    ProviderFactory(business_name="Noise")

    for given in (
        {"areaId": gid(area)},
        {"availableAt": clock.now().isoformat()},
        {"city": {"exact": "Observatory"}},
        {"currency": {"exact": "USD"}},
    ):
        assert names(graphql(COUNTED, {"filter": given})) == ["Here"], given


def test_who_never_answered_comes_last_by_response_time(graphql: GraphQL):
    for name, minutes in [("Never", None), ("Slow", 90), ("Fast", 5)]:
        ProviderFactory(business_name=name, response_time_minutes=minutes)

    fastest = graphql(COUNTED, {"order": [{"responseTimeMinutes": "ASC"}]})
    slowest = graphql(COUNTED, {"order": [{"responseTimeMinutes": "DESC"}]})

    assert names(fastest) == ["Fast", "Slow", "Never"]
    assert names(slowest) == ["Slow", "Fast", "Never"]


def test_deleted_providers_are_not_found_and_come_back(graphql: GraphQL):
    provider = ProviderFactory(business_name="Pipes")
    index_all(advance=int)
    provider.soft_delete()

    gone = graphql(COUNTED, {"search": "pipes"})
    provider.restore()
    back = graphql(COUNTED, {"search": "pipes"})

    assert (names(gone), names(back)) == ([], ["Pipes"])
