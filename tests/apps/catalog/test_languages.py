"""Languages: their tags, and the one that stands in for the others."""

from typing import Any

import pytest

from apps.catalog import errors
from apps.catalog.models import Language
from apps.catalog.services.entries import create_entry, delete_entry, update_entry
from apps.catalog.services.languages import canonical
from tests.factories.catalog import AreaFactory, CategoryFactory, LanguageFactory
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

FRENCH = {"code": "fr", "name": "French", "native_name": "Français"}


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("fr", "fr"),
        (" FR_ca ", "fr-CA"),
        ("ZH-hant", "zh-Hant"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("gsw", "gsw"),
    ],
)
def test_a_tag_is_written_in_one_way(given: str, tag: str):
    assert canonical(given) == tag


@pytest.mark.parametrize(
    "given",
    ["", "f", "french", "xx", "fr-", "-fr", "fr-XX", "fr-Zzz", "fr-Abcd", "fr-FR-x-a", "fr FR",
     "fr-CA-Latn", "f\x00"],
)  # fmt: skip
def test_what_is_no_tag_is_refused(given: str):
    with nothing_changes(), pytest.raises(errors.InvalidLanguageCode):
        create_entry(model=Language, details=FRENCH | {"code": given})


def test_the_first_language_in_use_is_the_default():
    unused = create_entry(model=Language, details=FRENCH | {"code": "la", "is_active": False})
    first = create_entry(model=Language, details=FRENCH)
    second = create_entry(model=Language, details=FRENCH | {"code": "ru"})

    assert [each.is_default for each in (unused, first, second)] == [False, True, False]


def test_a_new_default_takes_that_from_the_one_before():
    english, french = LanguageFactory(code="en", is_default=True), LanguageFactory(code="fr")

    update_entry(entry=french, changes={"is_default": True})

    english.refresh_from_db()
    french.refresh_from_db()
    assert (english.is_default, french.is_default) == (False, True)


@pytest.mark.parametrize("changes", [{"is_active": False}, {"is_default": False}])
def test_the_default_language_stays_in_use_and_the_default(changes: dict[str, Any]):
    english = LanguageFactory(code="en", is_default=True)
    LanguageFactory(code="fr")

    with nothing_changes(), pytest.raises(errors.DefaultLanguage):
        update_entry(entry=english, changes=changes)


def test_the_default_language_is_not_deleted_and_another_is():
    english, french = LanguageFactory(code="en", is_default=True), LanguageFactory(code="fr")

    with nothing_changes(), pytest.raises(errors.DefaultLanguage):
        delete_entry(entry=english)
    delete_entry(entry=french)

    assert [*Language.objects.all()] == [english]


def test_a_language_that_is_not_in_use_does_not_become_the_default():
    LanguageFactory(code="en", is_default=True)
    unused = LanguageFactory(code="la", is_active=False)

    with nothing_changes(), pytest.raises(errors.DefaultLanguage):
        update_entry(entry=unused, changes={"is_default": True})


def test_texts_stand_in_the_default_language_whichever_it_is():
    LanguageFactory(code="en", is_default=True)
    french = LanguageFactory(code="fr")
    texts = {"fr": {"name": "Eau"}, "ru": {"name": "Вода", "description": "Всё"}}
    water = CategoryFactory(name="Water", description="All", translations=texts)
    noise = AreaFactory(name="Gardens", translations={"ru": {"name": "Сады"}})
    water.soft_delete()

    update_entry(entry=french, changes={"is_default": True})

    water.refresh_from_db(from_queryset=type(water)._base_manager.all())
    assert (water.name, water.description) == ("Eau", "All")
    assert water.translations == {
        "en": {"name": "Water", "description": "All"},
        "ru": {"name": "Вода", "description": "Всё"},
    }
    assert water.is_deleted
    noise.refresh_from_db()
    assert (noise.name, noise.translations) == ("Gardens", {"ru": {"name": "Сады"}})
