"""The languages that people can prefer, one of which stands in for the others."""

import re

from babel import Locale

from apps.catalog import errors
from apps.catalog.models import Language
from apps.catalog.services.translations import rebase

#: Those that the platform writes in itself: code, English name, own name.
LANGUAGES = (
    ("en", "English", "English"),
    ("fr", "French", "Français"),
    ("ru", "Russian", "Русский"),
)
TAG = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|[0-9]{3}))?")


def ensure_languages() -> list[str]:
    """Have the languages that the platform writes in, the first as the default where there is none;
    returns the codes of those added.
    """
    added = []
    for code, name, native_name in LANGUAGES:
        is_default = not Language.objects.filter(is_default=True).exists()
        _, was_made = Language.objects.get_or_create(
            code=code,
            defaults={"name": name, "native_name": native_name, "is_default": is_default},
        )
        added += [code] if was_made else []
    return added


def canonical(tag: str) -> str:
    """An IETF tag of a language, script and region as it is written: ``fr-CA`` for ``fr_ca``.

    Raises InvalidLanguageCode for text that is none.
    """
    language, *others = tag.strip().replace("_", "-").split("-")
    cased = [part.title() if len(part) == 4 else part.upper() for part in others]
    found = TAG.fullmatch("-".join([language.lower(), *cased]))
    if found is None or not _known(*found.groups()):
        raise errors.InvalidLanguageCode
    return found.group()


def _known(language: str, script: str | None, territory: str | None) -> bool:
    names = Locale("en")
    return (
        language in names.languages
        and (script is None or script in names.scripts)
        and (territory is None or territory in names.territories)
    )


def settle_default(language: Language) -> None:
    """Keep one language the default while one is written: it takes that from the one before, and
    the first one in use is it. Raises DefaultLanguage where none would be, or one not in use.
    """
    defaults = Language.objects.filter(is_default=True)
    before = defaults.select_for_update().first()
    if before is None:
        language.is_default = language.is_default or language.is_active
    gives_up = before is not None and before.pk == language.pk and not language.is_default
    if gives_up or (language.is_default and not language.is_active):
        raise errors.DefaultLanguage
    if before is not None and before.pk != language.pk and language.is_default:
        defaults.update(is_default=False)
        rebase(old=before.code, new=language.code)
