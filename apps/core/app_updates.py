"""Whether a client application that runs somewhere is up to date."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from apps.core.errors import InvalidVersion
from apps.core.models import AppVersion
from apps.core.versions import Version, parse_version


@dataclass(frozen=True, slots=True)
class AppUpdate:
    """What an application is told that names its platform and its version."""

    latest: AppVersion | None
    #: Whether its own release may still be used: one that nobody announced may.
    is_supported: bool
    is_available: bool
    is_required: bool


class _Release(NamedTuple):
    version: Version
    build_number: int
    pk: UUID
    is_active: bool
    is_forced_update: bool


def check_app_version(*, platform: str, current: str) -> AppUpdate:
    """Compare the version that runs somewhere with the releases for its platform.

    It has to be replaced where a newer release that is active is a forced update, or where its own
    is known and active no more. Raises InvalidVersion.
    """
    running = parse_version(current)
    releases = _releases(platform)
    active = [release for release in releases if release.is_active]
    newer = [release for release in active if release.version > running]
    own = [release for release in releases if release.version == running]
    is_supported = not own or any(release.is_active for release in own)
    return AppUpdate(
        latest=AppVersion.objects.get(pk=max(active).pk) if active else None,
        is_supported=is_supported,
        is_available=bool(newer),
        is_required=not is_supported or any(release.is_forced_update for release in newer),
    )


def _releases(platform: str) -> list[_Release]:
    rows = AppVersion.objects.filter(platform=platform).values_list(
        "version", "build_number", "pk", "is_active", "is_forced_update"
    )
    found = []
    for name, build_number, pk, is_active, is_forced in rows:
        try:
            version = parse_version(name)
        except InvalidVersion:  # stored past the services: it can be compared with nothing
            continue
        found.append(_Release(version, build_number, pk, is_active, is_forced))
    return found
