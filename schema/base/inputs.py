"""From what a client gave to what a service takes."""

import dataclasses
from collections.abc import Collection
from typing import Any

from strawberry import UNSET
from strawberry.types.base import StrawberryOptional

from schema.base.types import MoneyInput


def given(values: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of an input that the client gave: amounts as Money, a null text as empty."""
    found = {}
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        if value is UNSET or field.name in without or field.name == "idempotency_key":
            continue
        if value is None and _is_text(field.type):
            value = ""
        found[field.name] = value.to_money() if isinstance(value, MoneyInput) else value
    return found


def _is_text(kind: Any) -> bool:
    """Whether an input takes a text or null. No text column takes null: empty says the same."""
    return isinstance(kind, StrawberryOptional) and kind.of_type is str
