"""The permission codes that roles grant, and the six roles that every organization has.

Codes are published: clients show them where owners compose roles. A code says what may be done; a
role's reach says to which rows: to all of the organization's, or to those of the teams that one
belongs to. Beside their role, the lead of a team puts people into it and takes them out.
"""

from dataclasses import dataclass

from apps.core.models import AUDIT_READ
from kernel.viewer import Reach

ORGANIZATION_MANAGE = "organization.manage"
MEMBERS_MANAGE = "members.manage"
ROLES_MANAGE = "roles.manage"
TEAMS_MANAGE = "teams.manage"
PROJECTS_MANAGE = "projects.manage"
PROVIDER_MANAGE = "provider.manage"
PROVIDER_BID = "provider.bid"
CRM_READ = "crm.read"
CRM_WRITE = "crm.write"
SALES_READ = "sales.read"
SALES_WRITE = "sales.write"
SALES_APPROVE_PAYMENT = "sales.approve_payment"

#: What each code lets its holders do.
PERMISSIONS: dict[str, str] = {
    ORGANIZATION_MANAGE: "Change what the organization is called and how it works.",
    MEMBERS_MANAGE: "Invite and remove members, and give them roles.",
    ROLES_MANAGE: "Compose the organization's own roles.",
    AUDIT_READ: "Read who did what in the organization.",
    TEAMS_MANAGE: "Make teams and say who is in them.",
    PROJECTS_MANAGE: "Make projects, change them, and let single members into them.",
    PROVIDER_MANAGE: "Keep the business's profile and what it offers.",
    PROVIDER_BID: "Offer to carry out orders in the business's name.",
    CRM_READ: "Read contacts and campaigns.",
    CRM_WRITE: "Change contacts and run campaigns.",
    SALES_READ: "Read clients, deals and their payments.",
    SALES_WRITE: "Change clients and deals.",
    SALES_APPROVE_PAYMENT: "Check and approve payments of deals.",
}

ALL = frozenset(PERMISSIONS)

#: The role that an organization never goes without.
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class SystemRole:
    """A role that the platform defines."""

    description: str
    permissions: frozenset[str]
    reach: Reach


SYSTEM_ROLES: dict[str, SystemRole] = {
    OWNER: SystemRole("Owns the organization.", ALL, Reach.ORGANIZATION),
    "admin": SystemRole("Runs the organization.", ALL - {ORGANIZATION_MANAGE}, Reach.ORGANIZATION),
    "manager": SystemRole(
        "Leads teams and their work.",
        frozenset(
            {
                *(TEAMS_MANAGE, PROJECTS_MANAGE, PROVIDER_BID),
                *(CRM_READ, CRM_WRITE, SALES_READ, SALES_WRITE),
            }
        ),
        Reach.TEAM,
    ),
    "salesperson": SystemRole(
        "Sells.",
        frozenset({PROVIDER_BID, CRM_READ, CRM_WRITE, SALES_READ, SALES_WRITE}),
        Reach.OWN,
    ),
    "verifier": SystemRole(
        "Checks payments.",
        frozenset({SALES_READ, SALES_APPROVE_PAYMENT}),
        Reach.ORGANIZATION,
    ),
    "member": SystemRole("Reads.", frozenset({CRM_READ, SALES_READ}), Reach.TEAM),
}
