"""Composing an organization's own roles."""

import strawberry

from apps.organizations.access import active_organization, role_to_change
from apps.organizations.models import Role as RoleModel
from apps.organizations.permissions import ROLES_MANAGE
from apps.organizations.services import roles
from schema.base.context import Info
from schema.base.gates import permitted
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.organizations.inputs import CreateRoleInput, RoleInput, UpdateRoleInput
from schema.organizations.types.tenants import Role


@strawberry.type
class RolesMutation:
    """Mutations of roles."""

    @mutation(
        gate=permitted(ROLES_MANAGE, fresh=True),
        description="Compose a role of permissions that one holds oneself.",
    )
    def create_role(self, info: Info, input: CreateRoleInput) -> Role:
        """Compose a role."""
        viewer = info.context.viewer
        return roles.create_role(
            organization=active_organization(viewer, "createRole"), by=viewer, details=given(input)
        )

    @mutation(
        gate=permitted(ROLES_MANAGE, fresh=True),
        description="Change a role: all who hold it have what it grants from now on.",
    )
    def update_role(self, info: Info, input: UpdateRoleInput) -> Role:
        """Change a role."""
        viewer, changes = info.context.viewer, given(input, without={"id", "version"})
        if "permissions" in changes:
            changes["permissions"] = changes["permissions"] or []
        return roles.update_role(
            role=role_to_change(viewer, "updateRole", key(input.id, of=RoleModel)),
            by=viewer,
            changes=changes,
            version=input.version,
        )

    @mutation(
        gate=permitted(ROLES_MANAGE, fresh=True), description="Delete a role that nobody holds."
    )
    def delete_role(self, info: Info, input: RoleInput) -> Role:
        """Delete a role."""
        role = role_to_change(info.context.viewer, "deleteRole", key(input.role_id, of=RoleModel))
        return roles.delete_role(role=role)
