"""What staff do with settings and with releases of apps."""

from typing import Any

import strawberry

from apps.core.access import SYSTEM_SETTINGS, app_version_visible_to
from apps.core.models import AppVersion as AppVersionModel
from apps.core.models import SystemSetting as SettingModel
from apps.core.services import app_versions, system_settings
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import staff
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.core.inputs import (
    AppVersionDetails,
    CreateAppVersionInput,
    CreateSystemSettingInput,
    DeleteAppVersionInput,
    DeleteSystemSettingInput,
    SettingDetails,
    UpdateAppVersionInput,
    UpdateSystemSettingInput,
)
from schema.core.types import AppVersion, SystemSetting


def _setting_details(input: SettingDetails) -> dict[str, Any]:
    found = given(input, without={"id", "version"})
    if "type" in found:
        found["setting_type"] = found.pop("type")
    return found


def _release_details(input: AppVersionDetails) -> dict[str, Any]:
    found = given(input, without={"id"})
    if "device_requirements" in found:
        found["device_requirements"] = found["device_requirements"] or {}
    return found


@strawberry.type
class CoreMutation:
    """Mutations of settings and of releases of apps."""

    @mutation(gate=staff("core.add_systemsetting"), description="Make a setting.")
    def create_system_setting(self, info: Info, input: CreateSystemSettingInput) -> SystemSetting:
        """Make a setting."""
        return system_settings.create_system_setting(
            by=info.context.viewer, details=_setting_details(input)
        )

    @mutation(
        gate=staff("core.change_systemsetting"),
        description="Change a setting; one that requires an administrator, as a superuser.",
    )
    def update_system_setting(self, info: Info, input: UpdateSystemSettingInput) -> SystemSetting:
        """Change a setting."""
        viewer, pk = info.context.viewer, key(input.id, of=SettingModel)
        return system_settings.update_system_setting(
            setting=SYSTEM_SETTINGS.permit(viewer, "updateSystemSetting", pk),
            by=viewer,
            changes=_setting_details(input),
            version=input.version,
        )

    @mutation(
        gate=staff("core.delete_systemsetting"),
        description="Remove a setting that the product itself does not read.",
    )
    def delete_system_setting(self, info: Info, input: DeleteSystemSettingInput) -> Done:
        """Remove a setting."""
        viewer, pk = info.context.viewer, key(input.id, of=SettingModel)
        system_settings.delete_system_setting(
            setting=SYSTEM_SETTINGS.permit(viewer, "deleteSystemSetting", pk), by=viewer
        )
        return Done()

    @mutation(gate=staff("core.add_appversion"), description="Announce a release of an app.")
    def create_app_version(self, info: Info, input: CreateAppVersionInput) -> AppVersion:
        """Announce a release."""
        return app_versions.create_app_version(details=_release_details(input))

    @mutation(
        gate=staff("core.change_appversion"),
        description="Change what is told of a release, and whether it may be used.",
    )
    def update_app_version(self, info: Info, input: UpdateAppVersionInput) -> AppVersion:
        """Change a release."""
        pk = key(input.id, of=AppVersionModel)
        return app_versions.update_app_version(
            release=app_version_visible_to(info.context.viewer, pk),
            changes=_release_details(input),
        )

    @mutation(gate=staff("core.delete_appversion"), description="Forget a release of an app.")
    def delete_app_version(self, info: Info, input: DeleteAppVersionInput) -> Done:
        """Forget a release."""
        pk = key(input.id, of=AppVersionModel)
        app_versions.delete_app_version(release=app_version_visible_to(info.context.viewer, pk))
        return Done()
