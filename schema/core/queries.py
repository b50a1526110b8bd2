"""Reading settings, releases of apps, and where the streams stand."""

from collections.abc import Iterable
from typing import Annotated

import strawberry

from apps.core import models
from apps.core.app_updates import check_app_version
from apps.core.selectors import position_now
from schema.base.gates import Anyone, SignedIn, staff
from schema.base.pagination import Connection, connection, query
from schema.core.filters import (
    AppVersionFilter,
    AppVersionOrder,
    PublicSettingFilter,
    PublicSettingOrder,
    SystemSettingFilter,
    SystemSettingOrder,
)
from schema.core.types import AppPlatform, AppVersion, AppVersionCheck, SystemSetting

Platform = Annotated[AppPlatform, strawberry.argument(description="What the application runs on.")]
Current = Annotated[
    str, strawberry.argument(description="The version that runs, such as 2.4.1 or 2.5.0-rc.1.")
]


def _public_settings() -> Iterable[SystemSetting]:
    """The public ones, for staff too."""
    return models.SystemSetting.objects.filter(is_public=True).order_by("key")


def _system_settings() -> Iterable[SystemSetting]:
    """All of them."""
    return models.SystemSetting.objects.order_by("key")


@strawberry.type
class CoreQuery:
    """Root fields of settings, of releases of apps and of streams."""

    public_settings: Connection[SystemSetting] = connection(
        gate=Anyone,
        is_public=True,
        filters=PublicSettingFilter,
        order=PublicSettingOrder,
        description="What the platform is set to, as far as clients need it.",
        resolver=_public_settings,
    )
    system_settings: Connection[SystemSetting] = connection(
        gate=staff("core.view_systemsetting"),
        filters=SystemSettingFilter,
        order=SystemSettingOrder,
        description="All that the platform is set to, for staff.",
        resolver=_system_settings,
    )
    app_versions: Connection[AppVersion] = connection(
        gate=staff("core.view_appversion"),
        filters=AppVersionFilter,
        order=AppVersionOrder,
        description="The releases of the client applications, for staff.",
    )

    @query(
        gate=SignedIn,
        description="The position of all streams at this moment. Take it before you load what a"
        " stream is of, and pass it as `after`: what happened since comes first.",
    )
    def cursor(self) -> str:
        """Where the log stands now."""
        return str(position_now())

    @query(gate=Anyone, description="Whether an application is up to date, or has to be updated.")
    def app_version(self, platform: Platform, current: Current) -> AppVersionCheck:
        """Compare a running version with the releases."""
        return AppVersionCheck.of(check_app_version(platform=platform, current=current))
