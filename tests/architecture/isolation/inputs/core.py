"""Settings, and releases of apps."""

from datetime import date

from apps.core.models import AppVersion, SystemSetting
from tests.architecture.isolation.actors import ADMIN
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side, World


@arguments("appVersion")
def _app_version(world: World) -> list[Input]:
    return [{"platform": AppVersion.Platform.IOS, "current": "1.0.0"}]


@valid("createSystemSetting", by=ADMIN)
def _create_system_setting(side: Side) -> Input:
    return {"key": "opening.hour", "value": "7", "type": "INTEGER", "minValue": "0"}


@valid("updateSystemSetting", by=ADMIN)
def _update_system_setting(side: Side) -> Input:
    return {"id": gid(_setting()), "value": "8", "isPublic": True}


@valid("deleteSystemSetting", by=ADMIN)
def _delete_system_setting(side: Side) -> Input:
    return {"id": gid(_setting())}


def _setting() -> SystemSetting:
    found: SystemSetting = SystemSetting.objects.create(key="closing.hour", value="17")
    return found


@valid("createAppVersion", by=ADMIN)
def _create_app_version(side: Side) -> Input:
    return {
        "platform": "ANDROID",
        "version": "2.4.1",
        "buildNumber": 2_000_000_000,
        "releaseDate": "2030-01-01",
    }


@valid("updateAppVersion", by=ADMIN)
def _update_app_version(side: Side) -> Input:
    return {"id": gid(_release()), "isActive": False}


@valid("deleteAppVersion", by=ADMIN)
def _delete_app_version(side: Side) -> Input:
    return {"id": gid(_release())}


def _release() -> AppVersion:
    found: AppVersion = AppVersion.objects.create(
        platform="WEB", version="2.4.1", build_number=7, release_date=date(2030, 1, 1)
    )
    return found
