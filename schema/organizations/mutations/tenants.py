"""Making, changing and deleting organizations."""

from typing import Any

import strawberry
from strawberry import UNSET

from apps.organizations import errors
from apps.organizations.access import ORGANIZATIONS
from apps.organizations.models import Organization as OrganizationModel
from apps.organizations.permissions import ORGANIZATION_MANAGE
from apps.organizations.services import organizations
from kernel.errors import StepUpRequired
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import Fresh, SignedIn, is_fresh, permitted
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.organizations.inputs import (
    CreateOrganizationInput,
    OrganizationInput,
    UpdateOrganizationInput,
)
from schema.organizations.types.tenants import Organization


def _check_second_factor(viewer: Viewer, required: bool | None) -> None:
    """To require a second factor of all, or no longer, takes a fresh proof; to require it, one by
    a second factor.
    """
    if required is UNSET:
        return
    if not is_fresh(viewer):
        raise StepUpRequired
    if required and not viewer.has_second_factor:
        raise errors.OwnSecondFactorMissing


@strawberry.type
class TenantsMutation:
    """Mutations of organizations."""

    @mutation(gate=SignedIn, description="Make an organization and own it.")
    def create_organization(self, info: Info, input: CreateOrganizationInput) -> Organization:
        """Make an organization."""
        return organizations.create_organization(
            name=input.name,
            owner=info.context.viewer.user,
            details=given(input, without={"name"}),
        )

    @mutation(
        gate=permitted(ORGANIZATION_MANAGE),
        description="Change what the active organization is called and how it works. What concerns"
        " the second factor needs a fresh proof, as `stepUp` gives.",
    )
    def update_organization(self, info: Info, input: UpdateOrganizationInput) -> Organization:
        """Change an organization."""
        viewer = info.context.viewer
        organization = ORGANIZATIONS.permit(
            viewer, "updateOrganization", key(input.id, of=OrganizationModel)
        )
        _check_second_factor(viewer, input.requires_second_factor)
        changes: dict[str, Any] = given(input, without={"id", "version"})
        return organizations.update_organization(
            organization=organization, changes=changes, version=input.version
        )

    @mutation(gate=Fresh, description="Delete the active organization, as its only owner.")
    def delete_organization(self, info: Info, input: OrganizationInput) -> Done:
        """Delete an organization."""
        pk = key(input.organization_id, of=OrganizationModel)
        organizations.delete_organization(
            organization=ORGANIZATIONS.permit(info.context.viewer, "deleteOrganization", pk)
        )
        return Done()
