"""From what a client gave to what a service takes."""

import dataclasses
from collections.abc import Collection
from typing import Any

from strawberry import UNSET

from schema.base.types import MoneyInput


def given(values: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of an input that the client gave, with amounts as Money."""
    found = {}
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        if value is UNSET or field.name in without or field.name == "idempotency_key":
            continue
        found[field.name] = value.to_money() if isinstance(value, MoneyInput) else value
    return found
