"""Texts of the catalog in other languages."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from apps.catalog import errors
from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
    TranslatedModel,
)

BATCH = 200
SHAPE = "Translations are {language: {field: text}}."
TRANSLATED: tuple[type[TranslatedModel], ...] = (
    *(ServiceCategory, ServiceSubcategory, ServiceAddon),
    *(ServicePackage, ServiceArea),
)

Texts = dict[str, dict[str, str]]


def checked(entry: TranslatedModel, translations: Mapping[str, Any]) -> Texts:
    """Translations as they are kept: by the tags of languages in use, without empty texts.

    Those in languages that the entry has texts in may stay. Raises UnknownLanguage,
    RepeatedLanguage, NotTranslatable, or ValidationError for a text that is too long.
    """
    if not isinstance(translations, Mapping):
        raise ValidationError({"translations": ValidationError(SHAPE, code="invalid")})
    offered = Language.objects.filter(is_active=True, is_default=False)
    tags = {tag.lower(): tag for tag in (*offered.values_list("code", flat=True),
                                         *entry.translations)}  # fmt: skip
    found: Texts = {}
    for given, texts in translations.items():
        tag = tags.get(given.lower())
        if tag is None:
            raise errors.UnknownLanguage(params={"language": given})
        if tag in found:
            raise errors.RepeatedLanguage
        found[tag] = _texts(entry, texts)
    return {tag: texts for tag, texts in found.items() if texts}


def _texts(entry: TranslatedModel, texts: Any) -> dict[str, str]:
    if not isinstance(texts, Mapping):
        raise ValidationError({"translations": ValidationError(SHAPE, code="invalid")})
    problems = []
    for name, text in texts.items():
        if name not in entry.translatable:
            raise errors.NotTranslatable(params={"text": name})
        field: Any = entry._meta.get_field(name)
        try:
            field.run_validators(str(text or ""))
        except ValidationError as error:
            problems += error.error_list
    if problems:
        raise ValidationError({"translations": problems})
    return {name: str(text) for name, text in texts.items() if text}


def rebase(*, old: str, new: str) -> None:
    """Have the texts stand in a new default language wherever they were translated into it: those
    in the old one become translations.
    """
    for model in TRANSLATED:
        everything = model.objects.all_with_deleted()
        rows = list(everything.filter(translations__has_key=new).order_by("pk"))
        for row in rows:
            _swap(row, old, new)
        everything.bulk_update(rows, [*model.translatable, "translations"], batch_size=BATCH)


def _swap(row: TranslatedModel, old: str, new: str) -> None:
    texts = row.translations.pop(new)
    row.translations[old] = {name: str(getattr(row, name)) for name in row.translatable
                             if getattr(row, name)}  # fmt: skip
    for name, text in texts.items():
        setattr(row, name, text)
