"""Texts of the catalog in the language that their reader wants."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import ClientFactory
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

TEXTS = {"fr": {"name": "Eau", "description": "De l'eau"}, "ru": {"name": "Вода"}}

READ = """query($id: ID!, $language: String) { serviceCategory(id: $id) {
  name(language: $language) description(language: $language) } }"""


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (None, ["Water", "Wet"]),
        ("fr", ["Eau", "De l'eau"]),
        ("fr-CA", ["Eau", "De l'eau"]),
        ("ru", ["Вода", "Wet"]),
        ("xx", ["Water", "Wet"]),
        ("", ["Water", "Wet"]),
    ],
)
def test_a_text_is_read_in_the_language_asked_for(
    graphql: GraphQL, language: str | None, texts: list[str]
):
    water = CategoryFactory(name="Water", description="Wet", translations=TEXTS)

    read = graphql(READ, {"id": gid(water), "language": language}).data["serviceCategory"]

    assert [*read.values()] == texts


def test_without_one_it_is_read_in_the_language_of_the_readers_profile(graphql: GraphQL):
    water = CategoryFactory(name="Water", description="Wet", translations=TEXTS)
    client = ClientFactory()
    client.user_profile.preferred_language = LanguageFactory(code="fr-BE")
    client.user_profile.save()
    both = (
        "query($id: ID!) { serviceCategory(id: $id) "
        '{ name ru: name(language: "ru") en: name(language: "en") } }'
    )

    read = graphql(both, {"id": gid(water)}, by=client.user_profile.user).data["serviceCategory"]

    assert read == {"name": "Eau", "ru": "Вода", "en": "Water"}


EVERYTHING = """{
  serviceCategories { edges { node { name(language: "fr") metaTitle(language: "fr")
    subcategories { edges { node { name(language: "fr") safetyRequirements(language: "fr")
      addons { edges { node { name(language: "fr") } } }
      packages { edges { node { name(language: "fr") description(language: "fr") } } }
  } } } } } }
  serviceAreas { edges { node { name(language: "fr") city(language: "fr") translations } } } }"""


@pytest.mark.usefixtures("unpriced")
def test_texts_of_all_kinds_are_translated_by_the_statements_that_read_them(graphql: GraphQL):
    def texts(**given: str) -> dict[str, Any]:
        return {"fr": given}

    water = CategoryFactory(translations=texts(name="Eau", meta_title="L'eau"))
    tap = SubcategoryFactory(
        category=water, translations=texts(name="Robinet", safety_requirements="Fermer d'abord")
    )
    AddonFactory(subcategory=tap, translations=texts(name="Joint"))
    PackageFactory(subcategory=tap, translations=texts(name="Tout", description="Tous"))
    AreaFactory(translations=texts(name="Jardins", city="Le Cap"))

    with CaptureQueriesContext(connection) as for_texts:
        read = graphql(EVERYTHING).data
    with CaptureQueriesContext(connection) as for_slugs:
        graphql(re.sub(r"(\w+\(.*?\) ?)+|translations", "id ", EVERYTHING))

    assert len(for_texts) == len(for_slugs)
    (category,), (area,) = (page["edges"] for page in read.values())
    (service,) = category["node"].pop("subcategories")["edges"]
    assert category["node"] == {"name": "Eau", "metaTitle": "L'eau"}
    assert service["node"] == {
        "name": "Robinet",
        "safetyRequirements": "Fermer d'abord",
        "addons": {"edges": [{"node": {"name": "Joint"}}]},
        "packages": {"edges": [{"node": {"name": "Tout", "description": "Tous"}}]},
    }
    assert area["node"] == {
        "name": "Jardins",
        "city": "Le Cap",
        "translations": {"fr": {"name": "Jardins", "city": "Le Cap"}},
    }


def test_translations_are_given_all_at_once(graphql: GraphQL, cast: Cast):
    LanguageFactory(code="en", is_default=True)
    for code in ("fr", "ru"):
        LanguageFactory(code=code)
    water = CategoryFactory(name="Water", translations={"ru": {"name": "Вода"}})
    texts = [{"language": "fr", "name": "Eau", "metaTitle": "L'eau", "description": None}]

    answer = graphql.mutate(
        "updateServiceCategory",
        {"id": gid(water), "translations": texts},
        '... on ServiceCategory { translations name(language: "fr") }',
        by=cast.dora,
    )

    assert answer.data["updateServiceCategory"] == {
        "__typename": "ServiceCategory",
        "translations": {"fr": {"name": "Eau", "meta_title": "L'eau"}},
        "name": "Eau",
    }
    graphql.mutate("updateServiceCategory", {"id": gid(water), "translations": None}, by=cast.dora)
    water.refresh_from_db()
    assert water.translations == {}
