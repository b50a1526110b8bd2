"""Brings roles and staff groups up to date with the code."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.services.staff_groups import update_staff_groups
from apps.organizations.services.system_roles import update_system_roles
from kernel.viewer import SYSTEM, acting_as


class Command(BaseCommand):
    """Make or change what differs, and say what that was."""

    help = "Bring the system's roles and the groups of the staff up to date."

    def handle(self, **options: Any) -> None:
        """Do both, as one transaction."""
        with acting_as(SYSTEM):
            roles, groups = update_system_roles(), update_staff_groups()
        self._tell("Roles", roles)
        self._tell("Staff groups", groups)

    def _tell(self, what: str, changed: list[str]) -> None:
        self.stderr.write(f"{what}: {', '.join(changed) if changed else 'nothing to change'}.")
