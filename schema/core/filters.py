"""Filters and orders of settings and of releases of apps."""

import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.core import models
from schema.base.ids import Ids


@strawberry_django.filter_type(models.SystemSetting, lookups=True)
class PublicSettingFilter:
    """Which public settings to list."""

    id: Ids | None
    key: auto
    category: auto


@strawberry_django.order_type(models.SystemSetting)
class PublicSettingOrder:
    """How to order public settings."""

    key: auto
    category: auto


@strawberry_django.filter_type(models.SystemSetting, lookups=True)
class SystemSettingFilter:
    """Which settings to list."""

    id: Ids | None
    key: auto
    category: auto
    is_public: auto
    requires_admin: auto
    updated_at: auto

    @strawberry_django.filter_field(description="Those whose value is read in this way.")
    def type(self, value: models.SystemSetting.Type, prefix: str) -> Q:
        """Those of a type."""
        return Q(**{f"{prefix}setting_type": value})

    @strawberry_django.filter_field(
        description="Those with a text in their key, value, description or category."
    )
    def search(self, value: str, prefix: str) -> Q:
        """Those with a text in them."""
        found = Q()
        for name in ("key", "value", "description", "category"):
            found |= Q(**{f"{prefix}{name}__icontains": value})
        return found


@strawberry_django.order_type(models.SystemSetting)
class SystemSettingOrder:
    """How to order settings."""

    key: auto
    category: auto
    created_at: auto
    updated_at: auto


@strawberry_django.filter_type(models.AppVersion, lookups=True)
class AppVersionFilter:
    """Which releases to list."""

    id: Ids | None
    platform: models.AppVersion.Platform | None
    version: auto
    build_number: auto
    is_active: auto
    is_forced_update: auto
    release_date: auto

    @strawberry_django.filter_field(description="Those with a text in their name or notes.")
    def search(self, value: str, prefix: str) -> Q:
        """Those with a text in them."""
        names = Q(**{f"{prefix}version__icontains": value})
        return names | Q(**{f"{prefix}release_notes__icontains": value})


@strawberry_django.order_type(models.AppVersion)
class AppVersionOrder:
    """How to order releases."""

    build_number: auto
    release_date: auto
    platform: auto
    created_at: auto
