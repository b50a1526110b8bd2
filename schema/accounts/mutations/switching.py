"""Acting for another organization."""

from typing import cast
from uuid import UUID

import strawberry

from apps.accounts.services import switching
from apps.organizations.access import ORGANIZATIONS
from apps.organizations.models import Organization
from schema.accounts.types.sessions import AuthPayload, auth_payload
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.organizations.inputs import OrganizationInput


@strawberry.type
class SwitchingMutation:
    """Mutations of the organization that a session acts for."""

    @mutation(
        gate=SignedIn,
        description="Act for another organization by the same session. Use the tokens of the"
        " answer: the refresh token before them is good no more.",
    )
    def switch_organization(self, info: Info, input: OrganizationInput) -> AuthPayload:
        """Act for another organization."""
        viewer = info.context.viewer
        pk = key(input.organization_id, of=Organization)
        return auth_payload(
            switching.switch_organization(
                session_id=cast("UUID", viewer.session_id),
                organization=ORGANIZATIONS.permit(viewer, "switchOrganization", pk),
            )
        )
