"""Keeping the roles that the platform defines as they are defined."""

from django.db import transaction

from apps.organizations.models import Role
from apps.organizations.permissions import SYSTEM_ROLES
from apps.organizations.services.organizations import system_role


@transaction.atomic
def update_system_roles() -> list[str]:
    """Make the platform's roles, or bring them up to date; returns the names of those changed."""
    return [name for name in SYSTEM_ROLES if _update(name)]


def _update(name: str) -> bool:
    """Whether a role had to be made or changed."""
    defined, before = SYSTEM_ROLES[name], Role.objects.filter(organization=None, name=name).first()
    role = system_role(name)
    wanted = {
        "description": defined.description,
        "permissions": sorted(defined.permissions),
        "reach": defined.reach,
        "is_system": True,
    }
    if any(getattr(role, column) != value for column, value in wanted.items()):
        Role.objects.filter(pk=role.pk).update(**wanted)
        return True
    return before is None
