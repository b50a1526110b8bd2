"""Offering services, with addons at prices of one's own."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import ServiceAddon
from apps.providers.models import ProviderAddonPrice, ServiceProviderService
from apps.providers.services.offers import (
    OfferedAddon,
    add_provider_service,
    remove_provider_service,
    update_provider_service,
)
from kernel.errors import NotFound
from kernel.money import Money
from schema.base.errors import explain
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory, SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = """... on ServiceProviderService { version estimatedDuration basePrice { amount }
  availableAddons { edges { node { name } } }
  addonPrices { edges { node { addon { name } price { amount currency } } } } }"""
PRICE = {"amount": "500.00", "currency": "ZAR"}


def _add(graphql: GraphQL, by: User | None, subcategory: Any, **given: Any) -> Answer:
    given = {"subcategoryId": gid(subcategory), "basePrice": PRICE} | given
    return graphql.mutate("addProviderService", given, SELECT, by=by)


def _update(graphql: GraphQL, by: User | None, service: Any, **given: Any) -> Answer:
    return graphql.mutate("updateProviderService", {"id": gid(service)} | given, SELECT, by=by)


def _addon(addon: ServiceAddon, amount: str | None = None, currency: str = "ZAR") -> Any:
    price = {"amount": amount, "currency": currency} if amount else None
    return {"addonId": gid(addon), "price": price}


def _shown(answer: Answer) -> tuple[list[str], dict[str, str]]:
    (payload,) = answer.data.values()
    offered = [edge["node"]["name"] for edge in payload["availableAddons"]["edges"]]
    prices = {
        edge["node"]["addon"]["name"]: edge["node"]["price"]["amount"]
        for edge in payload["addonPrices"]["edges"]
    }
    return sorted(offered), prices


def test_a_service_is_offered_with_addons_at_own_prices_or_the_catalogs(
    graphql: GraphQL, cast: Cast
):
    assert cast.ada_business
    service = SubcategoryFactory()
    washer, tap = (AddonFactory(subcategory=service, name=name) for name in ("Washer", "Tap"))
    AddonFactory(subcategory=service, name="Noise")

    answer = _add(graphql, cast.ada, service, addons=[_addon(washer, "12.50"), _addon(tap)])

    assert _shown(answer) == (["Tap", "Washer"], {"Washer": "12.50"})


def test_addons_that_are_given_take_the_place_of_all(graphql: GraphQL, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)
    washer, tap = (
        AddonFactory(subcategory=service.subcategory, name=name) for name in ("Washer", "Tap")
    )

    first = _update(graphql, cast.ada, service, addons=[_addon(washer, "12.50"), _addon(tap, "9")])
    same = _update(graphql, cast.ada, service, basePrice=PRICE)
    second = _update(graphql, cast.ada, service, addons=[_addon(tap)])
    none = _update(graphql, cast.ada, service, addons=[])

    assert _shown(first) == (["Tap", "Washer"], {"Washer": "12.50", "Tap": "9.00"})
    assert _shown(same) == _shown(first)
    assert _shown(second) == (["Tap"], {})
    assert _shown(none) == ([], {})


def test_an_addon_that_left_the_catalog_is_shown_no_more(graphql: GraphQL, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)
    washer = AddonFactory(subcategory=service.subcategory)
    _update(graphql, cast.ada, service, addons=[_addon(washer, "12.50")])
    washer.soft_delete()

    answer = _update(graphql, cast.ada, service, basePrice=PRICE)

    assert _shown(answer) == ([], {})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"estimatedDuration": 0}, "invalid_duration"),
        ({"estimatedDuration": 43_201}, "invalid_duration"),
        ({"basePrice": {"amount": "0", "currency": "ZAR"}}, "amount_not_positive"),
        ({"basePrice": {"amount": "5", "currency": "USD"}}, "currency_mismatch"),
    ],
)
def test_what_no_service_takes_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    service, by = OfferedServiceFactory(provider=cast.ada_business), cast.ada
    other = SubcategoryFactory()

    with nothing_changes():
        codes = {
            _add(graphql, by, other, **given).code,
            _update(graphql, by, service, **given).code,
        }

    assert codes == {code}


def test_the_longest_and_the_shortest_work_is_taken(graphql: GraphQL, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)

    found = [
        _update(graphql, cast.ada, service, estimatedDuration=minutes) for minutes in (1, 43_200)
    ]

    durations = [each.data["updateProviderService"]["estimatedDuration"] for each in found]
    assert durations == [1, 43_200]


def test_addons_that_cannot_be_offered_are_refused(graphql: GraphQL, cast: Cast):
    service, by = OfferedServiceFactory(provider=cast.ada_business), cast.ada
    own, deleted = (AddonFactory(subcategory=service.subcategory) for _ in range(2))
    deleted.soft_delete()
    given = {
        "addon_not_offered": [_addon(AddonFactory())],
        "not_found": [_addon(deleted)],
        "duplicate_addon": [_addon(own), _addon(own, "5.00")],
        "currency_mismatch": [_addon(own, "5.00", "USD")],
        "amount_negative": [_addon(own, "-5.00")],
    }

    with nothing_changes():
        codes = [_update(graphql, by, service, addons=addons).code for addons in given.values()]
        first = _add(graphql, by, SubcategoryFactory._meta.model.objects.first(), addons=[])

    assert codes == list(given)
    assert first.code == "already_offered"


def test_a_deleted_service_is_not_offered(graphql: GraphQL, cast: Cast):
    business, by, service = cast.ada_business, cast.ada, SubcategoryFactory()
    service.soft_delete()
    assert business

    with nothing_changes():
        answer = _add(graphql, by, service)

    assert answer.code == "not_found"


def test_what_was_removed_can_be_offered_again(graphql: GraphQL, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)

    graphql.mutate("removeProviderService", {"id": gid(service)}, by=cast.ada)
    again = _add(graphql, cast.ada, service.subcategory)

    assert again.data["addProviderService"]["basePrice"] == {"amount": "500.00"}
    assert ServiceProviderService.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")]
)
def test_nobody_changes_what_others_offer(graphql: GraphQL, cast: Cast, who: str, code: str):
    service, by = OfferedServiceFactory(provider=cast.ada_business), getattr(cast, who)

    with nothing_changes():
        update = _update(graphql, by, service, basePrice=PRICE)
        remove = graphql.mutate("removeProviderService", {"id": gid(service)}, by=by)

    assert (update.code, remove.code) == (code, code)


@pytest.mark.parametrize(
    ("who", "code"),
    [("ben", "no_provider_profile"), ("dora", "no_provider_profile"), ("nobody", "not_signed_in")],
)
def test_only_those_with_a_business_offer(graphql: GraphQL, cast: Cast, who: str, code: str):
    service, by = SubcategoryFactory(), getattr(cast, who)

    with nothing_changes():
        answer = _add(graphql, by, service)

    assert answer.code == code


def test_many_addons_are_looked_up_at_once(graphql: GraphQL, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)
    addons = AddonFactory.create_batch(12, subcategory=service.subcategory)
    _update(graphql, cast.ada, service, addons=[])

    with CaptureQueriesContext(connection) as one:
        _update(graphql, cast.ada, service, addons=[_addon(addons[0])])
    with CaptureQueriesContext(connection) as many:
        _update(graphql, cast.ada, service, addons=[_addon(addon) for addon in addons])

    assert len(many) <= len(one) + 1


def test_a_stale_version_is_refused(graphql: GraphQL, cast: Cast):
    service, by = OfferedServiceFactory(provider=cast.ada_business), cast.ada

    with nothing_changes():
        answer = _update(graphql, by, service, basePrice=PRICE, version=7)

    assert answer.code == "version_conflict"


@pytest.mark.usefixtures("transactional_db")
def test_of_the_same_service_offered_at_once_one_is_there(cast: Cast):
    business, service = cast.ada_business, SubcategoryFactory()

    outcomes = race(
        *[
            lambda: add_provider_service(
                provider=business, subcategory=service, base_price=Money(100, "ZAR"), details={}
            )
        ]
        * 8
    )

    refused = [explain(each)[0]["code"] for each in outcomes if isinstance(each, Exception)]
    assert refused == ["already_offered"] * 7
    assert ServiceProviderService.objects.count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_what_is_changed_and_removed_at_once_is_removed(cast: Cast):
    for _ in range(4):
        service = OfferedServiceFactory(provider=cast.ada_business)
        addon = AddonFactory(subcategory=service.subcategory)

        changed, removed = race(
            lambda service=service, addon=addon: update_provider_service(
                service=service, changes={"addons": [OfferedAddon(addon)]}
            ),
            lambda service=service: remove_provider_service(service=service),
        )

        assert isinstance(removed, ServiceProviderService)
        assert isinstance(changed, ServiceProviderService | NotFound)
        assert not ServiceProviderService.objects.filter(pk=service.pk).exists()


@pytest.mark.usefixtures("transactional_db")
def test_of_many_changes_at_once_one_remains_whole(cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)
    addons = AddonFactory.create_batch(4, subcategory=service.subcategory)

    outcomes = race(
        *[
            lambda addon=addon, number=number: update_provider_service(
                service=service,
                changes={"addons": [OfferedAddon(addon, Money(100 * (number + 1), "ZAR"))]},
            )
            for number, addon in enumerate(addons)
        ]
    )

    assert all(isinstance(outcome, ServiceProviderService) for outcome in outcomes)
    price = ProviderAddonPrice.objects.get()
    assert list(service.available_addons.all()) == [price.addon]
    assert price.price.minor == 100 * (addons.index(price.addon) + 1)
