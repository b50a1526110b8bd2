"""The demo's catalog speaks three languages, and its areas reach around them."""

from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.catalog import demo
from apps.catalog.models import ServiceArea
from apps.catalog.selectors import areas_at
from apps.catalog.services.translations import checked
from kernel.demo import read

SEED = 2026


@pytest.fixture(scope="module")
def planned() -> demo.Catalog:
    """The rows of the demo's catalog, none of them stored."""
    return demo.plan(SEED)


def areas(planned: demo.Catalog) -> list[ServiceArea]:
    """The areas of all cities."""
    return [*chain.from_iterable(city.areas for city in planned.cities)]


def test_all_categories_and_services_have_texts_in_french_and_russian(planned: demo.Catalog):
    for entry in (*planned.categories, *planned.services):
        for language in ("fr", "ru"):
            texts = entry.translations[language]
            told = {name for name in entry.translatable if getattr(entry, name)}
            assert texts.keys() == told - {"safety_requirements"}
            assert all(texts.values())


def test_every_translated_name_is_one_of_the_demos(planned: demo.Catalog):
    texts = read(demo.__file__, "demo_translations.json")
    services = {entry.name for entry in (*planned.categories, *planned.services)}
    places = {name for area in areas(planned) for name in (area.name, area.city)}

    assert texts["services"].keys() == services
    assert texts["places"].keys() <= places


@pytest.mark.django_db
def test_the_texts_are_what_the_services_take(planned: demo.Catalog):
    for language in planned.languages:
        language.save()

    for entry in (*planned.categories, *planned.services, *areas(planned)):
        assert checked(entry, entry.translations) == entry.translations


def test_the_same_seed_makes_the_same_texts(planned: demo.Catalog):
    def texts(catalog: demo.Catalog) -> list[Any]:
        rows = (*catalog.categories, *catalog.services, *areas(catalog))
        return [(row.pk, row.name, row.translations) for row in rows]

    assert texts(demo.plan(SEED)) == texts(planned)


@pytest.mark.django_db
def test_each_centre_lies_in_its_area_and_has_the_clocks_of_its_city(planned: demo.Catalog):
    ServiceArea.objects.bulk_create(areas(planned))

    for city in planned.cities:
        for area in city.areas:
            here = {"latitude": area.latitude, "longitude": area.longitude}
            assert areas_at(**here).first() == area
            assert ZoneInfo(area.time_zone) == ZoneInfo(city.zone)
    assert not areas_at(latitude=0, longitude=0).exists()
