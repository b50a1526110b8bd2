"""From ids to settings and releases of apps, for those who may have them; and who may what."""

from uuid import UUID

from django.db.models import Q

from apps.core.models import AppVersion, SystemSetting
from kernel.actions import Actions, Rule
from kernel.lookup import one_of
from kernel.viewer import Viewer


def administers(viewer: Viewer) -> bool:
    """Whether a superuser acts, or the system."""
    return viewer.is_system or (viewer.is_staff and bool(viewer.user.is_superuser))


def _settings(permission: str) -> Rule:
    """Staff with a permission; of settings that ask for an administrator, superusers alone."""

    def rule(viewer: Viewer) -> Q | bool:
        if administers(viewer):
            return True
        return viewer.has_permission(permission) and Q(requires_admin=False)

    return rule


#: What staff may do with settings.
SYSTEM_SETTINGS = Actions(
    SystemSetting,
    {
        "updateSystemSetting": _settings("core.change_systemsetting"),
        "deleteSystemSetting": _settings("core.delete_systemsetting"),
    },
)


def app_version_visible_to(viewer: Viewer, app_version_id: UUID) -> AppVersion:
    """A release of an app. Raises NotFound."""
    found: AppVersion = one_of(AppVersion.objects.visible_to(viewer), pk=app_version_id)
    return found
