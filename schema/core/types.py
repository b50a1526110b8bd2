"""Settings and releases of apps, as clients see them."""

from decimal import Decimal
from typing import Any

import strawberry
import strawberry_django
from django.db.models import F, Q
from strawberry import auto
from strawberry.scalars import JSON

from apps.core import app_updates, models
from apps.core.access import SYSTEM_SETTINGS
from apps.core.configuration import DECLARED
from kernel.actions import ALWAYS, NEVER
from kernel.viewer import Viewer
from schema.base.actions import viewer_can
from schema.base.types import Node, choices, computed, derived

SettingType = choices(
    models.SystemSetting.Type,
    "SettingType",
    "How the value of a setting is read.",
    STRING="As it stands.",
    INTEGER="A whole number.",
    DECIMAL="A number, with up to six digits after the point.",
    BOOLEAN="`true` or `false`.",
    JSON="A document in JSON.",
)
AppPlatform = choices(
    models.AppVersion.Platform,
    "AppPlatform",
    "What an application runs on.",
    IOS="iPhones and iPads.",
    ANDROID="Android.",
    WEB="Browsers.",
)


def oversees_settings(viewer: Viewer) -> Q:
    """Every setting, for staff who may see them all; none for others."""
    return ALWAYS if viewer.oversees(models.SystemSetting) else NEVER


def for_staff(name: str, kind: Any) -> Any:
    """A column that is nobody's own, and that staff alone read."""
    column: Any = models.SystemSetting._meta.get_field(name)
    return derived(
        name, kind, F(name), rule=oversees_settings, description=f"{column.help_text} For staff."
    )


@strawberry_django.type(models.SystemSetting)
class SystemSetting(Node):
    """A named value that administrators change while the system runs."""

    key: auto
    value: auto
    type: models.SystemSetting.Type = strawberry_django.field(
        field_name="setting_type", description="How its value is read."
    )
    description: auto
    category: auto
    is_public: auto
    created_at: auto
    updated_at: auto
    version: auto
    requires_admin = for_staff("requires_admin", bool)
    validation_regex = for_staff("validation_regex", str)
    min_value = for_staff("min_value", Decimal)
    max_value = for_staff("max_value", Decimal)
    viewer_can = viewer_can(SYSTEM_SETTINGS)

    @computed(needs=["key"], description="Whether the product reads it: its key and type stay.")
    def is_in_use(self) -> bool:
        """Whether the product reads it."""
        return self.key in DECLARED


@strawberry_django.type(models.AppVersion)
class AppVersion(Node):
    """A released version of a client application."""

    version: auto
    build_number: auto
    release_notes: auto
    is_forced_update: auto
    is_active: auto
    release_date: auto
    platform: models.AppVersion.Platform
    download_url: auto
    file_size: auto
    checksum: auto
    min_os_version: auto
    max_os_version: auto
    device_requirements: JSON = strawberry_django.field(description="What a device must have.")
    created_at: auto
    updated_at: auto


@strawberry.type(description="Whether an application that runs somewhere is up to date.")
class AppVersionCheck:
    """What an application hears about its own version."""

    latest: AppVersion | None = strawberry.field(
        description="The newest release for the platform that may be used; null without one."
    )
    is_supported: bool = strawberry.field(
        description="Whether the running version may still be used, newer ones aside: false once"
        " its release was withdrawn."
    )
    update_available: bool = strawberry.field(
        description="Whether there is a newer release that may be used."
    )
    update_required: bool = strawberry.field(
        description="Whether the application must be updated before it goes on: a newer release"
        " forces it, or its own was withdrawn."
    )
    download_url: str | None = strawberry.field(
        description="Where the newest release can be had; null where that is not known."
    )
    release_notes: str | None = strawberry.field(
        description="What is new in the newest release; null where nothing is told."
    )

    @classmethod
    def of(cls, update: app_updates.AppUpdate) -> "AppVersionCheck":
        """What was found out, for clients."""
        latest: Any = update.latest
        return cls(
            latest=latest,
            is_supported=update.is_supported,
            update_available=update.is_available,
            update_required=update.is_required,
            download_url=(latest.download_url or None) if latest else None,
            release_notes=(latest.release_notes or None) if latest else None,
        )
