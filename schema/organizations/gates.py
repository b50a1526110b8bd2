"""Gates that two kinds of callers pass."""

from dataclasses import dataclass

from apps.core.models import AUDIT_READ
from kernel.viewer import Viewer
from schema.base.gates import Audience, Gate


@dataclass(frozen=True, slots=True)
class MembersOrStaff(Gate):
    """Members whose role grants the permission, and staff who hold one of Django's."""

    staff_permission: str = ""

    def _granted(self, viewer: Viewer) -> bool:
        return Gate._granted(self, viewer) or viewer.has_permission(self.staff_permission)


#: Members who may read who did what in their organization, and staff who may everywhere.
AuditReaders = MembersOrStaff(
    Audience.SIGNED_IN, permission=AUDIT_READ, staff_permission="core.view_auditentry"
)
