"""Changing what members may, and ending memberships."""

import strawberry

from apps.organizations.access import MEMBERSHIPS, role_to_give
from apps.organizations.models import Membership as MembershipModel
from apps.organizations.models import Role as RoleModel
from apps.organizations.permissions import MEMBERS_MANAGE
from apps.organizations.services import members
from schema.base.context import Info
from schema.base.gates import SignedIn, permitted
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.organizations.inputs import ChangeMemberRoleInput, MembershipInput
from schema.organizations.types.tenants import Membership


def _permitted(
    info: Info, action: str, input: MembershipInput | ChangeMemberRoleInput
) -> MembershipModel:
    pk = key(input.membership_id, of=MembershipModel)
    return MEMBERSHIPS.permit(info.context.viewer, action, pk)


@strawberry.type
class MembersMutation:
    """Mutations of memberships."""

    @mutation(
        gate=permitted(MEMBERS_MANAGE, fresh=True),
        description="Give a member another role, which grants no more than one's own.",
    )
    def change_member_role(self, info: Info, input: ChangeMemberRoleInput) -> Membership:
        """Give a member another role."""
        membership = _permitted(info, "changeMemberRole", input)
        role = role_to_give(info.context.viewer, key(input.role_id, of=RoleModel))
        return members.change_member_role(membership=membership, role=role, version=input.version)

    @mutation(
        gate=permitted(MEMBERS_MANAGE),
        description="Keep a member from acting for the organization for the time being.",
    )
    def suspend_member(self, info: Info, input: MembershipInput) -> Membership:
        """Suspend a member."""
        return members.suspend_member(membership=_permitted(info, "suspendMember", input))

    @mutation(gate=permitted(MEMBERS_MANAGE), description="Let a suspended member act again.")
    def reinstate_member(self, info: Info, input: MembershipInput) -> Membership:
        """Reinstate a member."""
        return members.reinstate_member(membership=_permitted(info, "reinstateMember", input))

    @mutation(
        gate=SignedIn,
        description="End a membership: one's own, or as one who manages members another's.",
    )
    def remove_member(self, info: Info, input: MembershipInput) -> Membership:
        """Remove a member, or leave."""
        return members.remove_member(membership=_permitted(info, "removeMember", input))
