"""Scalars in one format, so that whoever writes an answer writes the same bytes."""

from datetime import UTC, datetime

import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition


def _instant(value: datetime) -> str:
    """An instant in UTC with six digits of its second, also where they are zeros."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, ISO 8601, with six digits of its second.",
        serialize=_instant,
        parse_value=DateTimeDefinition.parse_value,
    )
}
