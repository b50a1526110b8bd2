"""Every tenant-owned table stands behind the database's own wall."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from apps.organizations.models import Organization
from kernel.tenancy import SameTenant, TenantOwned, TenantWall

pytestmark = pytest.mark.django_db

WALLED = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
#: Rows that name an organization and are not its alone. Adding to it is a decision.
OUTSIDE = {
    "accounts.Session": "names the organization that its user acts for",
    "core.AuditEntry": "of users and staff too, and read by its own rule",
    "organizations.Invitation": "found by those who are invited, who act for nobody yet",
    "organizations.Membership": "read by sign-in, before anybody acts for an organization",
    "organizations.Role": "read by sign-in, and the platform's roles are nobody's",
    "providers.ServiceProviderProfile": "everybody looks for providers",
}


def asked(statement: str, *values: Any) -> list[Any]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def names_a_tenant(model: Any) -> bool:
    """Whether a model has a column for an organization."""
    return any(field.related_model is Organization for field in model._meta.concrete_fields)


def test_every_model_that_names_an_organization_is_walled_or_known_not_to_be():
    named = {model._meta.label for model in apps.get_models() if names_a_tenant(model)}

    assert named - {model._meta.label for model in WALLED} == set(OUTSIDE)


@pytest.mark.parametrize("model", WALLED, ids=[model.__name__ for model in WALLED])
def test_a_tenant_owned_table_has_a_forced_policy_for_reading_and_writing(model: Any):
    table = model._meta.db_table

    assert asked(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    ) == [(True, True)]
    ((command, permissive, reads, writes),) = asked(
        "SELECT cmd, permissive, qual, with_check FROM pg_policies WHERE tablename = %s", table
    )
    assert (command, permissive) == ("ALL", "PERMISSIVE")
    assert "fundi.organization_id" in reads
    assert reads == writes
    assert [type(c) for c in model._meta.constraints].count(TenantWall) == 1


LINKS = [
    (model, field)
    for model in WALLED
    for field in model._meta.concrete_fields
    if field.related_model and issubclass(field.related_model, TenantOwned)
]


@pytest.mark.parametrize(("model", "field"), LINKS, ids=[str(field) for _, field in LINKS])
def test_a_link_between_tenant_owned_tables_stays_within_the_tenant(model: Any, field: Any):
    declared = [c for c in model._meta.constraints if isinstance(c, SameTenant)]
    (name,) = [c.name for c in declared if c.field == field.name]

    ((definition,),) = asked(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", name
    )

    assert definition.startswith(f"FOREIGN KEY (organization_id, {field.column}) REFERENCES")
    assert "(organization_id, id)" in definition


def test_the_databases_role_is_bound_by_policies():
    assert asked("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
        (False, False)
    ]
