"""Rows that belong to one organization, and the database's own wall around them.

``visible_to`` is the first wall. The second is PostgreSQL's row security (CREATE POLICY), which
reads who acts from the settings that ``acting_as`` makes for the transaction, and holds for every
statement of the database's role, also where a query forgot its condition.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.constraints import BaseConstraint

from kernel.models import AbstractSoftDeleteModel, AbstractTimestampedModel


class TenantWall(BaseConstraint):
    """A forced policy: rows of the active organization, and all for those who oversee the table."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """The statements that build the wall."""
        table = schema_editor.quote_name(model._meta.db_table)
        # Sub-selects, so that the settings are read once for a statement and not for each row.
        inside = (
            "organization_id = (SELECT NULLIF(current_setting('fundi.organization_id', true),"
            " '')::uuid)"
            " OR (SELECT current_setting('fundi.oversees', true) = '*' OR"
            f" '{model._meta.label_lower}' = ANY(string_to_array("
            "current_setting('fundi.oversees', true), ' ')))"
        )
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
            f" CREATE POLICY {schema_editor.quote_name(self.name)} ON {table}"
            f" USING ({inside}) WITH CHECK ({inside})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """The statements that take the wall down."""
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY {schema_editor.quote_name(self.name)} ON {table};"
            f" ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Nothing within CREATE TABLE: the wall is built after it."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the database decides."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TenantWall) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class SameTenant(BaseConstraint):
    """A composite foreign key: the row that a column points to is of the row's own organization.

    PostgreSQL checks foreign keys past row security, so a plain one would take another tenant's.
    """

    def __init__(self, *, field: str, name: str) -> None:
        self.field = field
        super().__init__(name=name)

    def deconstruct(self) -> Any:
        """The constraint with its column."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """The statement that adds the key."""
        quote, field = schema_editor.quote_name, model._meta.get_field(self.field)
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)}"
            f" FOREIGN KEY (organization_id, {quote(field.column)})"
            f" REFERENCES {quote(field.related_model._meta.db_table)} (organization_id, id)"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """The statement that drops the key."""
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Nothing within CREATE TABLE: the key follows it."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: services refuse with a code of their own, and the database is the last word."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameTenant) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class TenantOwned(models.Model):
    """A row of one organization. A concrete model's Meta inherits this one's constraints."""

    organization = models.ForeignKey(
        settings.TENANT_MODEL, models.PROTECT, related_name="+", help_text="Whose it is."
    )

    class Meta:
        abstract = True


def walled(table: str, *constraints: BaseConstraint) -> list[BaseConstraint]:
    """The constraints of a tenant-owned model: its wall, the key that others may point to, its own.

    ``table`` names them, and is the model's in small letters.
    """
    return [
        TenantWall(name=f"{table}_wall"),
        models.UniqueConstraint(fields=["organization", "id"], name=f"{table}_in_tenant"),
        *constraints,
    ]


class AbstractTenantModel(TenantOwned, AbstractSoftDeleteModel):
    """A tenant-owned row that is deleted softly."""

    class Meta:
        abstract = True


class AbstractTenantPart(TenantOwned, AbstractTimestampedModel):
    """A tenant-owned row that goes when it is removed."""

    class Meta:
        abstract = True
