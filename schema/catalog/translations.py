"""Texts of the catalog in the language that their reader wants."""

from typing import Annotated, Any

import strawberry
import strawberry_django

from apps.catalog.models import TranslatedModel
from kernel.viewer import current_viewer

Tag = Annotated[
    str | None,
    strawberry.argument(
        description="The IETF tag of the language to read it in, such as fr or fr-CA; the reader's"
        " own where none is given. Where the text is not translated: the wider language's, then"
        " the platform's default one."
    ),
]


def translated(model: type[TranslatedModel], name: str) -> Any:
    """A text that has translations: its column and theirs are all that it needs."""
    assert name in model.translatable

    def resolve(root: Any, *, language: Tag = None) -> str:
        text: str = root.text(name, current_viewer().language if language is None else language)
        return text

    column: Any = model._meta.get_field(name)
    return strawberry_django.field(
        resolve, only=[name, "translations"], description=str(column.help_text)
    )
