"""Releases of the client applications: announced, changed and deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.core import errors
from apps.core.events import AppVersionChanged
from apps.core.models import AppVersion
from kernel import clock, events
from kernel.locks import hold
from kernel.lookup import one_of


@transaction.atomic
def create_app_version(*, details: Mapping[str, Any]) -> AppVersion:
    """Announce a release. ``details`` are fields of AppVersion.

    Raises BuildNotNewer, or ValidationError (invalid_version, invalid_download_url,
    invalid_checksum and those of Django's own fields).
    """
    release = AppVersion(**details)
    release.clean_fields()
    _lock(release.platform)
    _require_newer_build(release)
    release.full_clean()
    release.save()
    events.publish(AppVersionChanged(platform=release.platform))
    return release


@transaction.atomic
def update_app_version(*, release: AppVersion, changes: Mapping[str, Any]) -> AppVersion:
    """Change what is told of a release, and whether it may be used; what it is, by platform, name
    and build, stays. Raises NotFound, and ValidationError as ``create_app_version`` does.
    """
    release = _locked(release)
    for name, value in changes.items():
        setattr(release, name, value)
    release.full_clean()
    release.updated_at = clock.now()
    release.save()
    events.publish(AppVersionChanged(platform=release.platform))
    return release


@transaction.atomic
def delete_app_version(*, release: AppVersion) -> None:
    """Forget a release, which then is neither offered nor withdrawn. Raises NotFound."""
    release = _locked(release)
    release.delete()
    events.publish(AppVersionChanged(platform=release.platform))


def _lock(platform: str) -> None:
    """Let one after another announce releases for a platform: each sees the build before it."""
    hold(f"core.AppVersion:{platform}")


def _require_newer_build(release: AppVersion) -> None:
    builds = AppVersion.objects.filter(platform=release.platform)
    newest = builds.aggregate(newest=Max("build_number"))["newest"]
    if newest is not None and release.build_number <= newest:
        raise errors.BuildNotNewer(params={"newest": newest})


def _locked(release: AppVersion) -> AppVersion:
    found: AppVersion = one_of(AppVersion.objects.select_for_update(), pk=release.pk)
    return found
