"""Scalars in one format, so that whoever writes an answer writes the same bytes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import strawberry
from django.core.files.uploadedfile import UploadedFile
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.file_uploads import Upload
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

#: More than what an instant's own offset and any zone's are together.
ZONES = timedelta(days=2)


def _instant(value: datetime) -> str:
    """An instant in UTC with six digits of its second, also where they are zeros."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _read(given: object) -> datetime:
    """An instant that every zone has a date for; one that names no offset is in UTC."""
    assert DateTimeDefinition.parse_value is not None
    value: datetime = DateTimeDefinition.parse_value(given)
    try:
        # At the ends of the calendar there are instants that other zones cannot write.
        value - ZONES, value + ZONES
    except OverflowError as error:
        raise StrawberryInputCoercionError(f'"{given}" is out of range.') from error
    return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


def _file(given: object) -> UploadedFile[Any]:
    """A file that came beside the operation; nothing that stands in it is one."""
    if not isinstance(given, UploadedFile):
        raise StrawberryInputCoercionError("A file is sent by a multipart request.")
    return given


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, ISO 8601, with six digits of its second.",
        serialize=_instant,
        parse_value=_read,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent beside the operation by the multipart request specification.",
        parse_value=_file,
    ),
}
