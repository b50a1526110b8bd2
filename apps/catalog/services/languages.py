"""The languages that people can prefer."""

from apps.catalog.models import Language

#: Those that the platform writes in itself: code, English name, own name.
LANGUAGES = (
    ("en", "English", "English"),
    ("fr", "French", "Français"),
    ("ru", "Russian", "Русский"),
)


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
