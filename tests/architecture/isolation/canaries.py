"""Values that stand in one column of one row alone, and so betray where they turn up."""

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from dataclasses import field as part_of_class
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import Error, models, transaction
from strawberry.relay import to_base64

from kernel.money import CurrencyField

#: The shortest column that a text canary fits into.
SHORTEST = 9
FIRST_NUMBER = 9_400_001
FIRST_DATE = date(9400, 1, 1)

#: Columns that the kernel keeps of every row: times, versions, deletions.
KEPT = {"version", "is_deleted", "deleted_at", "restored_at", "deletion_batch"}

TEXT = re.compile(r"zq\d{6}x")
#: Also as people write them: 94,123.45 is 9412345.
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: The ids of requests, which may happen to hold any number.
REQUEST_ID = re.compile(r"\b[0-9a-f]{16}\b")
DATE = re.compile(r"94\d\d-\d\d-\d\d")
#: Global ids and keys.
ID = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Mark:
    """Where a canary stands; column ``id`` for the key that names the row itself."""

    label: str
    column: str
    key: str
    value: Any = part_of_class(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.label}.{self.column}"


class Canaries:
    """All canaries of a world: planted in its rows, found again in texts."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        #: Columns that no canary fits into, by a rule of the database or their width.
        self.unmarked: set[str] = set()
        self._count = 0

    def plant(self, row: models.Model, *, without: Iterable[str] = ()) -> None:
        """Write a canary into each column of a row that can hold one."""
        self.note_key(row)
        fields = [f for f in plantable(type(row)) if f.name not in without]
        values = {field: self._value(field, row) for field in fields}
        if self._write(row, values) or self._write(row, _turned(values)):
            return
        for field, value in values.items():
            if not self._write(row, {field: value}) and not self._write_lower(row, field):
                self.unmarked.add(f"{row._meta.label}.{field.name}")

    def found(self, text: str) -> set[Mark]:
        """The canaries in a text."""
        return {self.marks[token] for token in tokens(text) if token in self.marks}

    def note_key(self, row: models.Model) -> None:
        """Let a row's key and global id betray it; not a small number, which stands anywhere."""
        if not isinstance(row.pk, UUID):
            return
        mark = Mark(row._meta.label, "id", str(row.pk), row.pk)
        self.marks[str(row.pk)] = mark
        self.marks[to_base64(type(row).__name__, str(row.pk))] = mark

    def _write(self, row: models.Model, values: dict[Any, Any]) -> bool:
        before = {field: row.__dict__.get(field.attname) for field in values}
        row.__dict__.update({field.attname: value for field, value in values.items()})
        try:
            with transaction.atomic(), _unguarded(row):
                # As the kernel stores it, sealed columns too, but as the version that it was.
                models.Model.save(row, update_fields=[field.name for field in values])
        except Error:
            row.__dict__.update({field.attname: value for field, value in before.items()})
            return False
        for field, value in values.items():
            mark = Mark(row._meta.label, field.name, str(row.pk), value)
            self.marks[_token(field, value)] = mark
        return True

    def _write_lower(self, row: models.Model, field: models.Field[Any, Any]) -> bool:
        """Write a number below all others, for what may not be more than another column."""
        self._count += 1
        return isinstance(field, NUMBERS) and self._write(
            row, {field: _number(field, -self._count)}
        )

    def _value(self, field: models.Field[Any, Any], row: models.Model) -> Any:
        self._count += 1
        if isinstance(field, models.DateField):
            return FIRST_DATE + timedelta(days=self._count)
        if isinstance(field, NUMBERS):
            return _number(field, self._count)
        return _text(field, f"zq{self._count:06d}x", getattr(row, field.attname))


def _unguarded(row: models.Model) -> AbstractContextManager[None]:
    """Lets a row be changed that the database keeps as it is."""
    guards = [found for found in getattr(row._meta, "triggers", []) if found.name == "append_only"]
    return pgtrigger.ignore(*(f"{row._meta.label}:{guard.name}" for guard in guards))


NUMBERS = (models.IntegerField, models.FloatField, models.DecimalField)


def tokens(text: str) -> Iterator[str]:
    """All that may be a canary in a text."""
    yield from TEXT.findall(text.lower())
    yield from DATE.findall(text)
    yield from ID.findall(text)
    for number in NUMBER.findall(REQUEST_ID.sub(" ", text)):
        yield re.sub(r"[.,]", "", number)
        yield from re.split(r"[.,]", number)


def plantable(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a model for texts, numbers and days of any value."""
    return [field for field in model._meta.concrete_fields if _takes_any(field)]


def wide_enough(field: models.Field[Any, Any]) -> bool:
    """Whether a canary fits into a column of its kind."""
    if isinstance(field, models.SmallIntegerField):
        return False
    if isinstance(field, models.DecimalField):
        return field.max_digits >= 7
    if isinstance(field, ArrayField):
        return isinstance(field.base_field, models.CharField) and wide_enough(field.base_field)
    return field.max_length is None or field.max_length >= SHORTEST


def holds_values(field: models.Field[Any, Any]) -> bool:
    """Whether a column holds texts, numbers or days that people gave."""
    kept = field.primary_key or not field.editable or field.name in KEPT
    if kept or field.is_relation or field.choices:
        return False
    kinds = (models.CharField, models.TextField, models.FileField, models.JSONField, ArrayField)
    days = type(field) is models.DateField
    return days or (isinstance(field, (*kinds, *NUMBERS)) and not isinstance(field, CurrencyField))


def _takes_any(field: models.Field[Any, Any]) -> bool:
    return holds_values(field) and wide_enough(field)


def _number(field: models.Field[Any, Any], count: int) -> Any:
    # None ends in a zero, which decimals would lose.
    number = FIRST_NUMBER + count + count // 9
    if isinstance(field, models.DecimalField):
        return Decimal(number).scaleb(-field.decimal_places)
    return number / 10**6 if isinstance(field, models.FloatField) else number


def _text(field: models.Field[Any, Any], canary: str, before: Any) -> Any:
    if isinstance(field, models.EmailField):
        return f"{canary}@canary.test"
    if isinstance(field, models.URLField):
        return f"https://canary.test/{canary}"
    if isinstance(field, models.FileField):
        return f"canary/{canary}.png"
    if isinstance(field, ArrayField):
        return [*(before or []), canary]
    if isinstance(field, models.JSONField):
        return [canary] if isinstance(before, list) else {**(before or {}), "canary": canary}
    return canary


def _token(field: models.Field[Any, Any], value: Any) -> str:
    """What of a value betrays it."""
    if isinstance(field, models.DateField):
        return str(value.isoformat())
    if isinstance(field, NUMBERS):
        return re.sub(r"\D", "", str(value))
    (canary,) = TEXT.findall(str(value))
    return str(canary)


def _turned(values: dict[Any, Any]) -> dict[Any, Any]:
    """The same values with the numbers and days the other way round: for least and most."""
    turned = dict(values)
    for kind in (int, float, date):
        fields = [field for field, value in values.items() if type(value) is kind]
        for field, other in zip(fields, reversed(fields), strict=True):
            turned[field] = values[other]
    return turned
