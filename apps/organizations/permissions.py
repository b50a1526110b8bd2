"""The permission codes that roles grant, and the six roles that every organization has."""

ORGANIZATION_MANAGE = "organization.manage"
MEMBERS_MANAGE = "members.manage"
TEAMS_MANAGE = "teams.manage"
PROVIDER_MANAGE = "provider.manage"
PROVIDER_BID = "provider.bid"
CRM_READ = "crm.read"
CRM_WRITE = "crm.write"
SALES_READ = "sales.read"
SALES_WRITE = "sales.write"
SALES_APPROVE_PAYMENT = "sales.approve_payment"

ALL = frozenset(
    {
        ORGANIZATION_MANAGE,
        MEMBERS_MANAGE,
        TEAMS_MANAGE,
        PROVIDER_MANAGE,
        PROVIDER_BID,
        CRM_READ,
        CRM_WRITE,
        SALES_READ,
        SALES_WRITE,
        SALES_APPROVE_PAYMENT,
    }
)

#: Name, what its holders do, and what it grants.
SYSTEM_ROLES: dict[str, tuple[str, frozenset[str]]] = {
    "owner": ("Owns the organization.", ALL),
    "admin": ("Runs the organization.", ALL - {ORGANIZATION_MANAGE}),
    "manager": (
        "Leads teams and their work.",
        frozenset({TEAMS_MANAGE, PROVIDER_BID, CRM_READ, CRM_WRITE, SALES_READ, SALES_WRITE}),
    ),
    "salesperson": (
        "Sells.",
        frozenset({PROVIDER_BID, CRM_READ, CRM_WRITE, SALES_READ, SALES_WRITE}),
    ),
    "verifier": ("Checks payments.", frozenset({SALES_READ, SALES_APPROVE_PAYMENT})),
    "member": ("Reads.", frozenset({CRM_READ, SALES_READ})),
}
