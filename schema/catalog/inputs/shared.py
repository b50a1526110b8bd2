"""What inputs of all entries of the catalog have in common."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET, relay

from apps.catalog import errors, models
from apps.catalog.access import catalog_entries, catalog_entry
from kernel.viewer import Viewer
from schema.base.ids import key
from schema.base.inputs import given

#: The relations that inputs name by ids: which field of the entry they are, and what rows.
REFERENCES: dict[str, tuple[str, Any]] = {
    "parent_id": ("parent", models.ServiceCategory),
    "category_id": ("category", models.ServiceCategory),
    "subcategory_id": ("subcategory", models.ServiceSubcategory),
    "prerequisite_ids": ("prerequisites", models.ServiceAddon),
    "addon_ids": ("addons", models.ServiceAddon),
    "service_category_ids": ("service_categories", models.ServiceCategory),
}


@strawberry.input(description="Texts of an entry in a language; those left out are not translated.")
class TranslationInput:
    """Texts in a language. An entry takes those that it has in the default language."""

    language: str = strawberry.field(description="The tag of a language in use, such as fr.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    description: str | None = strawberry.field(default=UNSET, description="What it is.")
    safety_requirements: str | None = strawberry.field(
        default=UNSET, description="Of a service: what to beware of."
    )
    meta_title: str | None = strawberry.field(
        default=UNSET, description="Of a category or a service: title for search engines."
    )
    meta_description: str | None = strawberry.field(
        default=UNSET, description="Of a category or a service: description for search engines."
    )
    city: str | None = strawberry.field(default=UNSET, description="Of an area: the city.")


@strawberry.input(description="What entries with texts in several languages take.")
class Translated:
    """The base of inputs of entries with texts."""

    translations: list[TranslationInput] | None = strawberry.field(
        default=UNSET,
        description="All its texts in other languages: those that are not named are removed.",
    )


def details_of(viewer: Viewer, input: Any) -> dict[str, Any]:
    """The fields of an entry that the client gave; raises InvalidId, NotFound, RepeatedLanguage."""
    found = given(input, without={"id", "version"})
    for name in REFERENCES.keys() & found.keys():
        field, model = REFERENCES[name]
        found[field] = _rows(viewer, model, found.pop(name))
    if found.get("translations") is not None:
        found["translations"] = _by_tag(found["translations"])
    return found


def _rows(viewer: Viewer, model: Any, ids: Any) -> Any:
    if isinstance(ids, list):
        return catalog_entries(viewer, model, [key(id, of=model) for id in ids])
    return None if ids is None else catalog_entry(viewer, model, key(ids, of=model))


def _by_tag(translations: Sequence[TranslationInput]) -> dict[str, dict[str, Any]]:
    found = {texts.language: given(texts, without={"language"}) for texts in translations}
    if len(found) < len(translations):
        raise errors.RepeatedLanguage
    return found


def naming(name: str, what: str) -> Any:
    """An input that names an entry."""
    made = type(name, (), {"__annotations__": {"id": relay.GlobalID}, "__doc__": f"Names {what}."})
    made.id = strawberry.field(description=f"The {what}.")  # type: ignore[attr-defined]
    return strawberry.input(made, description=f"A {what}.")
