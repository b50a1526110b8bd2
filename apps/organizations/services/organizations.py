"""Making organizations, changing them, and giving them up."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from apps.organizations import errors
from apps.organizations.events import (
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationUpdated,
)
from apps.organizations.models import Membership, Organization, Role
from apps.organizations.permissions import OWNER, SYSTEM_ROLES
from kernel import events
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.money import CurrencyMismatch
from kernel.zones import check_zone

SETTINGS_LENGTH = 10_000


def system_role(name: str) -> Role:
    """One of the six roles that the platform defines, made when it is first asked for."""
    defined = SYSTEM_ROLES[name]
    role: Role
    role, _ = Role.objects.get_or_create(
        organization=None,
        name=name,
        defaults={
            "description": defined.description,
            "is_system": True,
            "permissions": sorted(defined.permissions),
            "reach": defined.reach,
        },
    )
    return role


def locked(organization_id: UUID) -> Organization:
    """The organization, locked: what touches its memberships, roles and teams takes this lock
    first, so that one such change sees the other. Raises NotFound for a deleted one.
    """
    # Without barring rows that merely refer to it from being added meanwhile.
    rows = Organization.objects.select_for_update(no_key=True)
    found: Organization = one_of(rows, pk=organization_id)
    return found


@transaction.atomic
def create_organization(
    *, name: str, owner: Any, email: str = "", details: Mapping[str, Any] | None = None
) -> Organization:
    """Make an organization with its owner. ``details`` are fields of Organization.

    Raises ValidationError for a bad name, email or currency, UnknownTimezone, InvalidSettings, and
    CurrencyMismatch for a goal in another currency.
    """
    organization = Organization(name=name, email=email)
    organization.slug = f"{slugify(name)[:60] or 'org'}-{organization.pk.hex[-12:]}"
    _assign(organization, details or {})
    organization.full_clean()
    organization.save()
    Membership.objects.create(organization=organization, user=owner, role=system_role(OWNER))
    events.publish(OrganizationCreated(organization_id=organization.pk, owner_id=owner.pk))
    return organization


@transaction.atomic
def update_organization(
    *, organization: Organization, changes: Mapping[str, Any], version: int | None = None
) -> Organization:
    """Change what an organization is called and how it works.

    Raises VersionConflict, and what ``create_organization`` raises: CurrencyMismatch also where
    the currency changes and the goal does not.
    """
    organization = locked(organization.pk)
    require_version(organization, version)
    _assign(organization, changes)
    organization.full_clean()
    organization.save()
    events.publish(OrganizationUpdated(organization_id=organization.pk))
    return organization


@transaction.atomic
def delete_organization(*, organization: Organization) -> None:
    """Hide an organization with the places of its members and its own roles.

    Raises OtherOwners while somebody else owns it too.
    """
    organization = locked(organization.pk)
    members = Membership.objects.filter(organization=organization)
    if members.active().owners().count() > 1:
        raise errors.OtherOwners
    member_ids = sorted(str(user_id) for user_id in members.values_list("user", flat=True))
    organization.soft_delete()
    events.publish(OrganizationDeleted(organization_id=organization.pk, member_ids=member_ids))


def _assign(organization: Organization, details: Mapping[str, Any]) -> None:
    goal = details.get("sales_goal", organization.sales_goal)
    for name, value in details.items():
        setattr(organization, name, value)
    if goal is not None and goal.currency != organization.currency:
        raise CurrencyMismatch
    check_zone(organization.timezone)
    _check_settings(organization.settings)


def _check_settings(settings: object) -> None:
    if not isinstance(settings, dict) or len(json.dumps(settings)) > SETTINGS_LENGTH:
        raise errors.InvalidSettings
