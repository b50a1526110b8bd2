"""Pictures of the catalog."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import ImageField, Model

from kernel import pictures
from kernel.ids import uuid7


def pictures_of(model: type[Model]) -> list[ImageField]:
    """The columns of a model that hold pictures."""
    return [field for field in model._meta.concrete_fields if isinstance(field, ImageField)]


@contextmanager
def kept(model: type[Model], details: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The details with their pictures encoded anew and kept, which happens before anything is
    locked; where the block fails, they are removed. Raises NotAPhoto or PhotoTooLarge.
    """
    found, new = dict(details), []
    try:
        for field in pictures_of(model):
            if field.name in details:
                found[field.name] = _keep(field, details[field.name])
                new.append((field.storage, found[field.name]))
        yield found
    except BaseException:
        for storage, name in new:
            if name:
                storage.delete(name)
        raise


def _keep(field: ImageField, file: Any) -> str:
    """The name under which a picture is kept; empty for none."""
    if not file:
        return ""
    try:
        content = pictures.reencoded(pictures.bytes_of(file))
    except (pictures.NotAPhoto, pictures.PhotoTooLarge) as error:
        first, *others = field.name.split("_")
        error.field = first + "".join(map(str.capitalize, others))
        raise
    name: str = field.storage.save(f"{field.upload_to}{uuid7()}.jpg", content)
    return name
