"""What members do with their organizations."""

from strawberry.tools import merge_types

from schema.organizations.mutations.invitations import InvitationsMutation
from schema.organizations.mutations.members import MembersMutation
from schema.organizations.mutations.roles import RolesMutation
from schema.organizations.mutations.tenants import TenantsMutation
from schema.organizations.mutations.work import WorkMutation

OrganizationsMutation = merge_types(
    "OrganizationsMutation",
    (TenantsMutation, MembersMutation, InvitationsMutation, RolesMutation, WorkMutation),
)
