"""Saving rows by the database's word on their constraints, told in their public codes."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction


def save_checked(row: models.Model, *, update_fields: Collection[str] | None = None) -> None:
    """Check a row's fields and save it.

    A constraint of the model that this breaks is refused with its own code, as ``full_clean`` does;
    but that asks the database once for each constraint, before the row is saved, where all of them
    are checked again. Raises ValidationError.
    """
    row.clean_fields()
    row.clean()
    try:
        with transaction.atomic():
            row.save(update_fields=update_fields)
    except IntegrityError as error:
        raise _refusal(row, error) from error


def _refusal(row: models.Model, error: IntegrityError) -> Exception:
    """What to raise for a broken constraint: the error itself, where the model has none such."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    for constraint in row._meta.constraints:
        if diagnosis is not None and constraint.name == diagnosis.constraint_name:
            told = constraint.get_violation_error_message()
            problem = ValidationError(told, code=constraint.violation_error_code)
            return ValidationError({NON_FIELD_ERRORS: problem})
    return error
