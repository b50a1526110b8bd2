"""Base classes of all models: keys, times, versions, soft deletion with cascades."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

from kernel import clock
from kernel.errors import VersionConflict
from kernel.ids import uuid7
from kernel.viewer import Viewer

Row = TypeVar("Row", bound=models.Model, covariant=True)


class BaseQuerySet(models.QuerySet[Row]):
    """Updates raise ``version`` and ``updated_at``; ``visible_to`` says who sees what."""

    def update(self, **values: Any) -> int:
        """Update rows, raising their version; returns how many."""
        values.setdefault("updated_at", clock.now())
        if issubclass(self.model, AbstractTimestampedModel):
            values.setdefault("version", F("version") + 1)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def visible_to(self, viewer: Viewer) -> Self:
        """The rows that a viewer may see: none, where a model does not say otherwise."""
        return self if viewer.is_system else self.none()


class AbstractKeyedModel(models.Model):
    """A row with a UUIDv7 key and its times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        default=clock.now, editable=False, help_text="When it was made."
    )
    updated_at = models.DateTimeField(
        default=clock.now, editable=False, help_text="When it was last changed."
    )

    objects: ClassVar[Any] = BaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        """Check the fields, without asking whether the rows that they refer to are there: that is
        what a foreign key guarantees.
        """
        given = {
            field.name
            for field in self._meta.concrete_fields
            if field.is_relation and getattr(self, field.attname) is not None
        }
        super().clean_fields(exclude={*(exclude or ()), *given})

    def validate_unique(self, exclude: Iterable[str] | None = None) -> None:
        """Check what is unique, but for the key: it is random."""
        super().validate_unique(exclude={*(exclude or ()), "id"})


class AbstractTimestampedModel(AbstractKeyedModel):
    """A row with a UUIDv7 key, its times, and a version that each update raises."""

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change."
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; an update raises its version in the database, whatever was loaded."""
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        loaded = self.version
        self.updated_at = clock.now()
        self.version = F("version") + 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version", "updated_at"}
        try:
            super().save(*args, **kwargs)
        finally:
            self.version = loaded
        self.version = loaded + 1


def require_version(row: AbstractTimestampedModel, version: int | None) -> None:
    """Raise VersionConflict when a locked row is not in the version that the caller had read."""
    if version is not None and row.version != version:
        raise VersionConflict(row)


class SoftDeleteQuerySet(BaseQuerySet[Row]):
    """Rows that are hidden when deleted, and can come back."""

    def active_only(self) -> Self:
        """Those of the rows that are not deleted."""
        return self.with_deleted().filter(is_deleted=False)

    def deleted_only(self) -> Self:
        """Those of the rows that are deleted, though the manager hid them."""
        return self.with_deleted().filter(is_deleted=True)

    def with_deleted(self) -> Self:
        """The rows and the deleted ones among them, though the manager hid these."""
        found = self.all()
        _admit_deleted(found.query.where, alias=found.query.get_initial_alias())
        return found

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete softly, each row with its cascade; what was made is never lost here."""
        count = self.bulk_soft_delete()
        return count, {self.model._meta.label: count}

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_soft_delete(self, *, batch: UUID | None = None) -> int:
        """Delete all these rows, and what hangs on them, as one batch: that of another deletion,
        where one is given. Returns how many roots.
        """
        with transaction.atomic():
            keys = _locked_keys(self._in_table().filter(is_deleted=False))
            if keys:
                _mark_deleted(self.model, keys, batch=batch or uuid7(), at=clock.now())
        return len(keys)

    def bulk_restore(self) -> int:
        """Bring back the deleted ones of these rows, with all that their deletions took.

        Returns how many of them were deleted.
        """
        with transaction.atomic():
            deleted = self.with_deleted()._in_table().filter(is_deleted=True)
            rows: list[Any] = list(deleted.order_by("pk").select_for_update())
            for row in rows:
                row.restore()
        return len(rows)

    def bulk_hard_delete(self) -> int:
        """Remove these rows for good; returns how many rows went, cascades included."""
        return super().delete()[0]

    cascade_delete = bulk_soft_delete
    cascade_restore = bulk_restore
    restore = bulk_restore
    hard_delete = bulk_hard_delete

    def _in_table(self) -> models.QuerySet[Any]:
        # By key and without joins, which PostgreSQL could not lock.
        return self.model._base_manager.filter(pk__in=self.values("pk"))


class SoftDeleteManager(models.Manager.from_queryset(SoftDeleteQuerySet)):  # type: ignore[misc]
    """Hides deleted rows unless they are asked for."""

    def get_queryset(self) -> SoftDeleteQuerySet[Any]:
        """The rows that are not deleted."""
        found: SoftDeleteQuerySet[Any] = super().get_queryset().active_only()
        return found

    def all_with_deleted(self) -> SoftDeleteQuerySet[Any]:
        """All rows, deleted ones included."""
        # From our own queryset, for that of ``order.bids`` holds the order's rows only.
        return self.get_queryset().with_deleted()


class CascadingSoftDeleteManager(SoftDeleteManager):
    """The manager of models whose deletion takes related rows along."""

    def get_cascade_fields(self) -> list[str]:
        """The names of the relations that a deletion follows."""
        return list(self.model().get_cascade_fields())


class AbstractSoftDeleteModel(AbstractTimestampedModel):
    """A row that is hidden when deleted, and can come back."""

    #: Rows of money, ledgers and audits are never removed by the cleanup.
    keep_deleted: ClassVar[bool] = False

    is_deleted = models.BooleanField(
        default=False, editable=False, help_text="Whether it was deleted."
    )
    deleted_at = models.DateTimeField(null=True, editable=False, help_text="When it was deleted.")
    restored_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was last brought back."
    )
    deletion_batch = models.UUIDField(null=True, editable=False)

    objects: ClassVar[Any] = SoftDeleteManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row, but for its deletion: a row loaded before that must not undo it."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kept = {*self.get_deletion_info(), *self.get_deferred_fields()}
            fields = self._meta.concrete_fields
            kwargs["update_fields"] = {f.name for f in fields if not f.primary_key} - kept
        super().save(*args, **kwargs)

    def get_cascade_fields(self) -> list[str]:
        """The names of the reverse relations whose rows are deleted and restored with this one."""
        return []

    def is_soft_deleted(self) -> bool:
        """Whether the row is deleted."""
        return self.is_deleted

    def get_deletion_info(self) -> dict[str, Any]:
        """What is known of the row's deletion."""
        names = ("is_deleted", "deleted_at", "restored_at", "deletion_batch")
        return {name: getattr(self, name) for name in names}

    def soft_delete(self) -> None:
        """Hide the row, and what hangs on it, under one batch id. Does nothing to a deleted row."""
        type(self).objects.filter(pk=self.pk).bulk_soft_delete()
        self._reload_deletion()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The same as ``soft_delete``."""
        self.soft_delete()
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        """Bring back the row and all that its deletion took, and nothing that went before."""
        with transaction.atomic():
            found = (
                type(self)._base_manager.select_for_update().filter(pk=self.pk, is_deleted=True)
            ).first()
            if found is not None:
                _mark_restored(type(self), [self.pk], batch=found.deletion_batch, at=clock.now())
        self._reload_deletion()

    def hard_delete(self) -> tuple[int, dict[str, int]]:
        """Remove the row for good, with what the database cascades to."""
        return super().delete()

    def _reload_deletion(self) -> None:
        self.refresh_from_db(
            fields=[*self.get_deletion_info(), "version", "updated_at"],
            from_queryset=type(self)._base_manager.all(),
        )


class AbstractCascadingSoftDeleteModel(AbstractSoftDeleteModel):
    """A row whose deletion takes the rows named by ``get_cascade_fields`` along."""

    objects: ClassVar[Any] = CascadingSoftDeleteManager()

    class Meta:
        abstract = True


def _admit_deleted(where: WhereNode, *, alias: str | None) -> None:
    """Take the conditions on the rows' own ``is_deleted`` out of a query."""
    if where.connector == AND:
        where.children = [child for child in where.children if not _hides_some(child, alias)]
    for child in where.children:
        if isinstance(child, WhereNode) and not child.negated:
            _admit_deleted(child, alias=alias)


def _hides_some(condition: Any, alias: str | None) -> bool:
    column = getattr(condition, "lhs", None)
    return (
        isinstance(condition, Exact)
        and isinstance(column, Col)
        and column.target.name == "is_deleted"
        and column.alias == alias
    )


def _cascade(model: type[models.Model], keys: list[Any]) -> Iterator[models.QuerySet[Any]]:
    """The rows that hang on these rows by the model's cascade fields, relation by relation."""
    for name in model().get_cascade_fields():  # type: ignore[attr-defined]
        relation: Any = model._meta.get_field(name)
        manager = relation.related_model._base_manager
        yield manager.filter(**{f"{relation.field.name}__in": keys})


def _mark_deleted(model: type[models.Model], keys: list[Any], *, batch: UUID, at: datetime) -> None:
    _rows(model, keys).update(is_deleted=True, deleted_at=at, deletion_batch=batch)
    for related in _cascade(model, keys):
        below = _locked_keys(related.filter(is_deleted=False))
        if below:
            _mark_deleted(related.model, below, batch=batch, at=at)


def _mark_restored(
    model: type[models.Model], keys: list[Any], *, batch: UUID | None, at: datetime
) -> None:
    _rows(model, keys).update(
        is_deleted=False, deleted_at=None, restored_at=at, deletion_batch=None
    )
    for related in _cascade(model, keys):
        below = _locked_keys(related.filter(is_deleted=True, deletion_batch=batch))
        if below:
            _mark_restored(related.model, below, batch=batch, at=at)


def _rows(model: type[models.Model], keys: Iterable[Any]) -> models.QuerySet[Any]:
    return model.objects.all_with_deleted().filter(pk__in=keys)  # type: ignore[attr-defined, no-any-return]


def _locked_keys(rows: models.QuerySet[Any]) -> list[Any]:
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def unique_active(*fields: str, name: str, code: str, message: str) -> models.UniqueConstraint:
    """A unique constraint that ignores deleted rows, with a code of its own."""
    return models.UniqueConstraint(
        fields=fields,
        condition=Q(is_deleted=False),
        name=name,
        violation_error_code=code,
        violation_error_message=message,
    )


def place_on_earth(name: str) -> models.CheckConstraint:
    """A latitude and a longitude in degrees, or neither, with a code of its own."""
    given = Q(latitude__isnull=False, longitude__isnull=False)
    return models.CheckConstraint(
        condition=(given & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)))
        | Q(latitude=None, longitude=None),
        name=name,
        violation_error_code="invalid_place",
        violation_error_message="These are no coordinates on Earth.",
    )


def budget_range(name: str) -> list[models.CheckConstraint]:
    """A ``budget_min`` and a ``budget_max`` in their order and not below zero, as far as there are
    any, with codes of their own; constraints of this name, and of it with ``_positive``.
    """
    return [
        models.CheckConstraint(
            condition=Q(budget_min=None) | Q(budget_max=None) | Q(budget_min__lte=F("budget_max")),
            name=name,
            violation_error_code="invalid_budget",
            violation_error_message="The least budget is above the greatest.",
        ),
        models.CheckConstraint(
            condition=(Q(budget_min=None) | Q(budget_min__gte=0))
            & (Q(budget_max=None) | Q(budget_max__gt=0)),
            name=f"{name}_positive",
            violation_error_code="amount_not_positive",
            violation_error_message="The amount must be above zero.",
        ),
    ]
