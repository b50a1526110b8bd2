"""The tenants' part of the demo data: an organization of one for each business."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from apps.organizations.models import Membership, Organization, Role
from apps.organizations.services.organizations import system_role
from kernel.demo import Dice


@dataclass(frozen=True)
class Tenant:
    """An organization and its owner's membership."""

    organization: Organization
    membership: Membership

    @staticmethod
    def rows(tenants: list["Tenant"]) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            [tenant.organization for tenant in tenants],
            [tenant.membership for tenant in tenants],
        ]


@dataclass(frozen=True)
class Founding:
    """Who founds what, when and where."""

    name: str
    email: str
    owner_id: UUID
    since: datetime
    currency: str
    zone: str


def owner_role() -> Role:
    """The system's role of owners."""
    return system_role("owner")


def plan_tenant(dice: Dice, founding: Founding, role: Role) -> Tenant:
    """Make an organization of one."""
    since = {"created_at": founding.since, "updated_at": founding.since}
    organization = Organization(
        id=dice.key(),
        name=founding.name,
        email=founding.email,
        currency=founding.currency,
        timezone=founding.zone,
        **since,
    )
    organization.slug = f"{slugify(founding.name)[:60] or 'org'}-{organization.pk.hex[-12:]}"
    membership = Membership(
        id=dice.key(),
        organization=organization,
        user_id=founding.owner_id,
        role=role,
        joined_at=founding.since,
        **since,
    )
    return Tenant(organization, membership)
