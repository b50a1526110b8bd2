"""Inviting people, and being invited."""

import strawberry

from apps.accounts.services import joining
from apps.organizations.access import INVITATIONS, active_organization, role_to_give
from apps.organizations.models import Invitation as InvitationModel
from apps.organizations.models import Role as RoleModel
from apps.organizations.permissions import MEMBERS_MANAGE
from apps.organizations.services import invitations
from schema.base.context import Info
from schema.base.gates import SignedIn, permitted
from schema.base.ids import key
from schema.base.limits import Limit
from schema.base.mutation import mutation
from schema.organizations.inputs import (
    AcceptInvitationInput,
    InvitationInput,
    InviteMemberInput,
    ResendInvitationInput,
)
from schema.organizations.types.tenants import Invitation, Membership


@strawberry.type
class InvitationsMutation:
    """Mutations of invitations."""

    @mutation(
        gate=permitted(MEMBERS_MANAGE, fresh=True),
        description="Invite somebody, by mail, with a role that grants no more than one's own.",
        limit=Limit("INVITE"),
    )
    def invite_member(self, info: Info, input: InviteMemberInput) -> Invitation:
        """Invite somebody."""
        viewer = info.context.viewer
        return invitations.invite_member(
            organization=active_organization(viewer, "inviteMember"),
            role=role_to_give(viewer, key(input.role_id, of=RoleModel)),
            email=input.email,
            by=viewer.user,
            language=input.language,
        )

    @mutation(
        gate=permitted(MEMBERS_MANAGE, fresh=True),
        description="Send an invitation again: its old link is good no more.",
        limit=Limit("INVITE"),
    )
    def resend_invitation(self, info: Info, input: ResendInvitationInput) -> Invitation:
        """Send an invitation again."""
        pk = key(input.invitation_id, of=InvitationModel)
        return invitations.resend_invitation(
            invitation=INVITATIONS.permit(info.context.viewer, "resendInvitation", pk),
            language=input.language,
        )

    @mutation(gate=permitted(MEMBERS_MANAGE), description="Take an invitation back.")
    def revoke_invitation(self, info: Info, input: InvitationInput) -> Invitation:
        """Revoke an invitation."""
        pk = key(input.invitation_id, of=InvitationModel)
        return invitations.revoke_invitation(
            invitation=INVITATIONS.permit(info.context.viewer, "revokeInvitation", pk)
        )

    @mutation(
        gate=SignedIn,
        description="Join an organization by an invitation that was sent to one's own address,"
        " which is verified by that.",
        limit=Limit("CODE"),
    )
    def accept_invitation(self, info: Info, input: AcceptInvitationInput) -> Membership:
        """Accept an invitation."""
        return joining.accept_invitation(token=input.token, user=info.context.viewer.user)
