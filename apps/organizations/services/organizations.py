"""Making organizations and their first members."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from apps.organizations.events import OrganizationCreated
from apps.organizations.models import Membership, Organization, Role
from apps.organizations.permissions import SYSTEM_ROLES
from kernel import events


def system_role(name: str) -> Role:
    """One of the six roles that the platform defines, made when it is first asked for."""
    description, permissions = SYSTEM_ROLES[name]
    role: Role
    role, _ = Role.objects.get_or_create(
        organization=None,
        name=name,
        defaults={
            "description": description,
            "is_system": True,
            "permissions": sorted(permissions),
        },
    )
    return role


@transaction.atomic
def create_organization(*, name: str, owner: Any, email: str = "") -> Organization:
    """Make an organization with its owner. Raises ValidationError for a bad name or email."""
    organization = Organization(name=name, email=email)
    organization.slug = f"{slugify(name)[:60] or 'org'}-{organization.pk.hex[-12:]}"
    organization.full_clean()
    organization.save()
    Membership.objects.create(organization=organization, user=owner, role=system_role("owner"))
    events.publish(OrganizationCreated(organization_id=organization.pk, owner_id=owner.pk))
    return organization
