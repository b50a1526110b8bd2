"""Tenants, who belongs to them with which rights, and how they divide their work."""

from apps.organizations.models.tenants import (
    Invitation,
    Membership,
    MembershipQuerySet,
    Organization,
    Role,
)
from apps.organizations.models.work import (
    Project,
    ProjectUserObjectPermission,
    Team,
    TeamMember,
)

__all__ = [
    "Invitation",
    "Membership",
    "MembershipQuerySet",
    "Organization",
    "Project",
    "ProjectUserObjectPermission",
    "Role",
    "Team",
    "TeamMember",
]
