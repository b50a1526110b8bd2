"""Texts in other languages: what is kept, and which one is read."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog import errors
from apps.catalog.models import ServiceArea, ServiceCategory
from apps.catalog.services.entries import create_entry, update_entry
from tests.factories.catalog import CategoryFactory, LanguageFactory
from tests.support.unchanged import nothing_changes


@pytest.fixture
def languages(db: None) -> None:
    """English by default, French and Russian; Kyrgyz is not in use."""
    LanguageFactory(code="en", is_default=True)
    for code in ("fr", "fr-CA", "ru"):
        LanguageFactory(code=code)
    LanguageFactory(code="ky", is_active=False)
    LanguageFactory(code="sw").soft_delete()


@pytest.mark.usefixtures("languages")
def test_translations_are_kept_by_their_tags_without_what_is_empty():
    texts = {"FR": {"name": "Eau", "description": ""}, "ru": {"name": None}}

    water = create_entry(model=ServiceCategory, details={"name": "Water", "translations": texts})

    water.refresh_from_db()
    assert water.translations == {"fr": {"name": "Eau"}}


@pytest.mark.usefixtures("languages")
def test_all_translations_are_replaced_and_those_in_a_language_of_before_may_stay():
    water = CategoryFactory(translations={"fr": {"name": "Eau"}, "ky": {"name": "Кир жуугуч"}})

    update_entry(entry=water, changes={"translations": {"ky": {"name": "Таза"}}})

    water.refresh_from_db()
    assert water.translations == {"ky": {"name": "Таза"}}


@pytest.mark.usefixtures("languages")
@pytest.mark.parametrize(
    ("texts", "refusal"),
    [
        ({"en": {"name": "Water"}}, errors.UnknownLanguage),
        ({"ky": {"name": "Кир жуугуч"}}, errors.UnknownLanguage),
        ({"sw": {"name": "Maji"}}, errors.UnknownLanguage),
        ({"xx": {"name": "?"}}, errors.UnknownLanguage),
        ({"": {"name": "?"}}, errors.UnknownLanguage),
        ({"fr": {"name": "Eau"}, "FR": {"name": "Eau"}}, errors.RepeatedLanguage),
        ({"fr": {"slug": "eau"}}, errors.NotTranslatable),
        ({"fr": {"city": "Le Cap"}}, errors.NotTranslatable),
    ],
)
def test_translations_into_nothing_or_of_nothing_are_refused(texts: Any, refusal: Any):
    water = CategoryFactory()

    with nothing_changes(), pytest.raises(refusal):
        update_entry(entry=water, changes={"translations": texts})


@pytest.mark.usefixtures("languages")
@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"fr": {"name": "x" * 101}}, "max_length"),
        ({"fr": {"meta_description": "x" * 301}}, "max_length"),
        ({"fr": "Eau"}, "invalid"),
        (["fr"], "invalid"),
    ],
)
def test_translations_that_do_not_fit_are_refused(texts: Any, code: str):
    water = CategoryFactory()

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        update_entry(entry=water, changes={"translations": texts})

    assert [each.code for each in refusal.value.error_dict["translations"]] == [code]


TEXTS = {
    "fr": {"name": "Eau", "description": "De l'eau"},
    "fr-CA": {"name": "Eau d'ici"},
    "zh-Hant": {"name": "水"},
}


@pytest.mark.parametrize(
    ("language", "name", "description"),
    [
        ("", "Water", "Wet"),
        ("fr", "Eau", "De l'eau"),
        ("fr-CA", "Eau d'ici", "De l'eau"),
        ("FR_ca", "Eau d'ici", "De l'eau"),
        ("fr-BE", "Eau", "De l'eau"),
        ("zh-Hant-TW", "水", "Wet"),
        ("zh", "Water", "Wet"),
        ("en", "Water", "Wet"),
        ("f", "Water", "Wet"),
        ("-", "Water", "Wet"),
    ],
)
def test_a_text_falls_back_to_the_wider_language_and_then_to_the_default_one(
    language: str, name: str, description: str
):
    water = ServiceCategory(name="Water", description="Wet", translations=TEXTS)

    assert (water.text("name", language), water.text("description", language)) == (
        name,
        description,
    )


@given(st.text())
def test_any_text_as_a_tag_reads_some_text(language: str):
    area = ServiceArea(name="Gardens", translations=TEXTS)

    assert area.text("name", language) in {"Gardens", "Eau", "Eau d'ici", "水"}
