"""Entries of the catalog: made, changed, deleted and brought back, whatever their kind.

``rules`` says what holds for each kind beyond the constraints of its model.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from apps.catalog import errors
from apps.catalog.events import CatalogChanged
from apps.catalog.models import Language, TranslatedModel
from apps.catalog.services import rules
from apps.catalog.services.pictures import kept, pictures_of
from apps.catalog.services.translations import checked
from kernel import events
from kernel.locks import hold
from kernel.lookup import one_of
from kernel.models import AbstractSoftDeleteModel, require_version
from kernel.money import CurrencyMismatch, Money, MoneyField

Entry = TypeVar("Entry", bound=AbstractSoftDeleteModel)

#: What entries belong to: an entry is not there without it.
PARENTS = ("parent", "category", "subcategory")


def create_entry(*, model: type[Entry], details: Mapping[str, Any]) -> Entry:
    """Add an entry to the catalog. ``details`` are fields of its model: pictures as files,
    relations as rows, translations as {tag of a language: {field: text}}; null for no picture, row,
    list or translation.

    Raises what ``rules``, ``translations`` and ``pictures`` raise, ParentDeleted,
    CurrencyMismatch, or ValidationError.
    """
    with kept(model, details) as columns, transaction.atomic():
        lock_catalog()
        return _written(model(), columns)


def update_entry(*, entry: Entry, changes: Mapping[str, Any], version: int | None = None) -> Entry:
    """Change an entry of the catalog, moving it with its parent. ``changes`` are as in
    ``create_entry``; lists are replaced.

    Raises NotFound, VersionConflict, and what ``create_entry`` does.
    """
    with kept(type(entry), changes) as columns, transaction.atomic():
        lock_catalog()
        entry = _locked(entry)
        require_version(entry, version)
        return _written(entry, columns)


@transaction.atomic
def delete_entry(*, entry: Entry) -> Entry:
    """Take an entry out of the catalog, with all that belongs to it: what refers to it keeps it.

    Raises NotFound, and DefaultLanguage for that one.
    """
    lock_catalog()
    entry = _locked(entry)
    if isinstance(entry, Language) and entry.is_default:
        raise errors.DefaultLanguage
    entry.soft_delete()
    return _announced(entry)


@transaction.atomic
def restore_entry(*, entry: Entry) -> Entry:
    """Bring back a deleted entry with exactly what its deletion took.

    Raises ParentDeleted, or ValidationError where another entry took its place: slug_taken or
    code_taken.
    """
    lock_catalog()
    _require_parent(entry)
    try:
        with transaction.atomic():
            entry.restore()
    except IntegrityError as error:
        raise _refusal(error) from error
    return _announced(entry)


def lock_catalog() -> None:
    """Let one after another change the catalog until the transaction ends.

    Few do, and seldom; and no tree, order or default is changed while it is being checked.
    """
    hold("catalog")


def hold_catalog() -> None:
    """Let nobody change the catalog until the transaction ends; many may hold it at once."""
    hold("catalog", is_shared=True)


def _locked(entry: Entry) -> Entry:
    rows: Any = type(entry).objects
    # References to an entry are no hindrance: who makes one may wait for the catalog.
    found: Entry = one_of(rows.select_for_update(no_key=True), pk=entry.pk)
    return found


def _written(entry: Entry, details: Mapping[str, Any]) -> Entry:
    """The entry with the details, once they are known to be right."""
    details = _without_nulls(entry, details)
    lists = {field.name: details[field.name] for field in entry._meta.many_to_many
             if field.name in details}  # fmt: skip
    columns = {name: value for name, value in details.items() if name not in lists}
    if isinstance(entry, TranslatedModel) and "translations" in columns:
        columns["translations"] = checked(entry, columns["translations"])
    _require_currency(entry, columns)
    _replace_pictures(entry, columns)
    for name, value in columns.items():
        setattr(entry, name, value)
    _require_parent(entry)
    rules.settle(entry, lists)
    entry.full_clean()
    entry.save()
    for name, rows in lists.items():
        getattr(entry, name).set(rows)
    return _announced(entry)


def _without_nulls(entry: models.Model, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details with nothing in lists and translations that are null."""
    options = entry._meta
    empty: dict[str, Any] = {field.name: () for field in options.many_to_many}
    empty |= {
        field.name: field.get_default()
        for field in options.concrete_fields
        if isinstance(field, ArrayField | models.JSONField)
    }
    return {
        name: empty[name] if value is None and name in empty else value
        for name, value in details.items()
    }


def _announced(entry: Entry) -> Entry:
    events.publish(CatalogChanged(model=entry._meta.label, entry_id=entry.pk))
    return entry


def _require_parent(entry: models.Model) -> None:
    for name in PARENTS:
        key = getattr(entry, f"{name}_id", None)
        if key is None:
            continue
        field: Any = entry._meta.get_field(name)
        if field.related_model._base_manager.filter(pk=key, is_deleted=True).exists():
            raise errors.ParentDeleted


def _require_currency(entry: models.Model, columns: Mapping[str, Any]) -> None:
    """Refuse amounts that are in another currency than the row will be in, also those it has."""
    for field in entry._meta.concrete_fields:
        if not isinstance(field, MoneyField):
            continue
        value = columns.get(field.name, getattr(entry, field.name, None))
        own = columns.get(field.currency or "") or field.currency_of(entry)
        if isinstance(value, Money) and value.minor and value.currency != own:
            raise CurrencyMismatch


def _replace_pictures(entry: models.Model, columns: Mapping[str, Any]) -> None:
    """Have pictures that others take the place of removed once that is for good."""
    for field in pictures_of(type(entry)):
        old = getattr(entry, field.name).name
        if old and columns.get(field.name, old) != old:
            transaction.on_commit(partial(field.storage.delete, old), robust=True)


def _refusal(error: IntegrityError) -> Exception:
    """What a broken constraint of the catalog says to clients; the error itself for another."""
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in _constraints():
        if constraint.name == broken and constraint.violation_error_code:
            message = constraint.get_violation_error_message()
            return ValidationError(message, code=constraint.violation_error_code)
    return error


def _constraints() -> Iterable[models.BaseConstraint]:
    for model in Language._meta.apps.get_app_config("catalog").get_models():
        yield from model._meta.constraints
