"""The words that providers are found by are those of today, whoever changes them."""

import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.deletion import delete_account, restore_account
from apps.catalog.events import CatalogChanged
from apps.catalog.services.entries import update_entry
from apps.core.models import Delivery
from apps.core.services.event_log import deliver_due
from apps.providers.models import ProviderSearchEntry, ServiceProviderProfile
from apps.providers.selectors import matching
from apps.providers.services import offers, profiles, search
from apps.providers.services.search import index_all, index_providers
from kernel.events import publish
from kernel.money import Money
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import UserProfileFactory
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.races import race
from tests.support.threads import somebody_waits_for_a_lock, wait_until


def found(text: str) -> list[str]:
    """The names of those whom a text finds."""
    return [row.business_name for row in matching(ServiceProviderProfile.objects.all(), text)]


def tell(entry: Any) -> None:
    """Announce that an entry of the catalog changed, and have that handled."""
    with acting_as(SYSTEM):
        publish(CatalogChanged(model=entry._meta.label, entry_id=entry.pk))
    while deliver_due():
        pass


def test_a_new_profile_is_found_at_once_by_all_its_texts(db: None) -> None:
    details = {
        "business_name": "Ada Fixes It",
        "business_description": "Boilers and geysers.",
        "city": "Stellenbosch",
        "service_areas": [AreaFactory(name="Kayamandi", translations={"ru": {"name": "Каяманди"}})],
    }

    profiles.create_provider_profile(
        user=UserProfileFactory().user, organization_id=OrganizationFactory().pk, details=details
    )

    for text in ("ada", "boiler", "stellenbosch", "kayamandi", "каяманди", "Cape Town"):
        assert found(text) == ["Ada Fixes It"], text


def test_changes_of_a_profile_are_found_and_what_went_is_not(db: None) -> None:
    provider = ProviderFactory(business_name="Pipes", city="Paarl")
    index_all(advance=int)

    profiles.update_provider_profile(
        provider=provider, changes={"business_name": "Wires", "city": "Knysna"}
    )

    assert found("wires knysna") == ["Wires"]
    assert found("pipes or paarl") == []


def test_a_service_is_found_while_it_is_on_offer(db: None) -> None:
    provider = ProviderFactory(business_name="Ada")
    service = offers.add_provider_service(
        provider=provider,
        subcategory=SubcategoryFactory(name="Unblock a drain", category__name="Sewers"),
        base_price=Money.parse("300", "ZAR"),
        details={},
    )
    assert found("drain sewer") == ["Ada"]

    offers.update_provider_service(service=service, changes={"is_available": False})
    assert found("drain") == []

    offers.update_provider_service(service=service, changes={"is_available": True})
    assert found("drain") == ["Ada"]

    offers.remove_provider_service(service=service)
    assert found("drain or sewer") == []


def test_who_is_erased_is_found_by_nothing(db: None) -> None:
    provider = ProviderFactory(business_name="Ada Fixes It", city="Knysna")
    index_all(advance=int)

    profiles.erase_provider_profile(user_id=provider.user_profile.user_id)

    assert found("ada or knysna") == []
    assert "ada" not in ProviderSearchEntry.objects.get().words


def test_a_change_of_the_catalog_reaches_all_below_it(db: None) -> None:
    root = CategoryFactory(name="Water")
    service = SubcategoryFactory(category=CategoryFactory(name="Taps", parent=root))
    area = AreaFactory(name="Paarl")
    OfferedServiceFactory(
        provider__business_name="Ada", subcategory=service
    ).provider.service_areas.add(area)
    ProviderFactory(business_name="Noise")
    index_all(advance=int)

    for entry, name in [(root, "Heating"), (service, "Install radiators"), (area, "Knysna")]:
        type(entry).objects.filter(pk=entry.pk).update(name=name)
        tell(entry)

    assert found("heating radiators knysna") == ["Ada"]
    assert found("water") == found("paarl") == []


def test_a_deleted_branch_is_found_no_longer(db: None) -> None:
    root = CategoryFactory(name="Water")
    service = SubcategoryFactory(category=CategoryFactory(name="Taps", parent=root), name="Drips")
    OfferedServiceFactory(provider__business_name="Ada", subcategory=service)
    index_all(advance=int)

    for entry in (service, service.category, root):
        entry.soft_delete()
    tell(root)

    assert found("water or taps or drips") == []


def test_what_is_no_business_of_providers_renews_nothing(db: None) -> None:
    ProviderFactory(business_name="Ada")

    tell(SubcategoryFactory(name="Drips"))
    with acting_as(SYSTEM):
        search.index_offering(model="catalog.Language", entry_id=AreaFactory().pk)

    assert not ProviderSearchEntry.objects.exists()


def test_many_are_renewed_batch_by_batch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    service = SubcategoryFactory(name="Drips")
    for number in range(5):
        OfferedServiceFactory(provider__business_name=f"Ada {number}", subcategory=service)

    tell(service)

    assert len(found("drips")) == 5
    assert Delivery.objects.filter(handler__endswith="index_next_providers").count() == 2
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_many_providers_are_renewed_by_one_statement(db: None) -> None:
    providers = [OfferedServiceFactory().provider for _ in range(20)]

    with CaptureQueriesContext(connection) as captured:
        index_providers(provider_ids=[provider.pk for provider in providers])

    assert len([each for each in captured if "INSERT INTO" in each["sql"]]) == 1
    # Its savepoint, both locks and that statement.
    assert len(captured) == 5
    assert len(found("plumbing")) == 20


def test_two_who_change_a_provider_at_once_are_both_found(transactional_db: None) -> None:
    provider = ProviderFactory(business_name="Ada")
    services = [SubcategoryFactory(name=name) for name in ("Drains", "Geysers", "Boilers")]

    def offer(service: Any) -> None:
        offers.add_provider_service(
            provider=provider,
            subcategory=service,
            base_price=Money.parse("300", "ZAR"),
            details={},
        )

    def rename() -> None:
        profiles.update_provider_profile(provider=provider, changes={"business_name": "Wanjiru"})

    outcomes = race(rename, *(lambda service=service: offer(service) for service in services))

    assert outcomes[1:] == [None] * 3
    assert found("wanjiru drains geysers boilers") == ["Wanjiru"]


def test_a_business_that_came_back_is_found_by_what_it_offers(db: None) -> None:
    offer = OfferedServiceFactory(subcategory__name="Unblock a drain")
    user = offer.provider.user_profile.user
    with acting_as(SYSTEM):
        delete_account(user=user)
    index_all(advance=int)
    assert found("drain") == []

    with acting_as(SYSTEM):
        restore_account(user=user)
    while deliver_due():
        pass

    assert found("drain") == [offer.provider.business_name]


def test_a_name_that_changes_while_a_service_is_being_offered_is_found(
    transactional_db: None,
) -> None:
    provider, service = ProviderFactory(business_name="Ada"), SubcategoryFactory(name="Drips")
    offered, renamed = threading.Event(), threading.Event()

    def rename() -> None:
        offered.wait(10)
        with acting_as(SYSTEM):
            update_entry(entry=service, changes={"name": "Leaks"})
        while deliver_due():
            pass
        renamed.set()

    def offer() -> None:
        with transaction.atomic():
            offers.add_provider_service(
                provider=provider,
                subcategory=service,
                base_price=Money.parse("300", "ZAR"),
                details={},
            )
            offered.set()
            wait_until(lambda: renamed.is_set() or somebody_waits_for_a_lock())

    assert race(rename, offer) == [None, None]
    assert (found("leaks"), found("drips")) == (["Ada"], [])


def test_a_description_of_any_length_is_kept(db: None) -> None:
    words = " ".join(f"word{number}" for number in range(60_000))
    ProviderFactory(business_name="Ada", business_description=words)

    index_all(advance=int)

    assert found("ada word7") == ["Ada"]


def test_the_command_renews_everybody(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    ProviderFactory(business_name="Ada").soft_delete()
    ProviderFactory(business_name="Wanjiru")

    call_command("index_providers")

    assert found("wanjiru") == ["Wanjiru"]
    assert ProviderSearchEntry.objects.count() == 2
    assert capsys.readouterr().out == "2 providers are found by their words of today.\n"
