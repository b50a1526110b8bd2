"""Provider profiles: made, changed, opened and closed."""

from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User, UserProfile
from apps.organizations.models import Organization
from apps.providers import errors
from apps.providers.models import ServiceProviderProfile
from kernel.models import require_version

NAMELESS = "Deleted business"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@transaction.atomic
def create_provider_profile(
    *, user: User, organization_id: UUID | None, details: Mapping[str, Any]
) -> ServiceProviderProfile:
    """Open a user's business on the platform; staff verifies it before it can bid.

    ``details`` are fields of ServiceProviderProfile, and ``service_areas``. Raises NoOrganization,
    ProfileExists, or ValidationError.
    """
    organization: Organization | None = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        raise errors.NoOrganization
    profile = UserProfile.objects.select_for_update().get(user=user)
    if ServiceProviderProfile.objects.filter(user_profile=profile).exists():
        raise errors.ProfileExists
    provider = ServiceProviderProfile(user_profile=profile, organization=organization)
    _assign(provider, details)
    return provider


@transaction.atomic
def update_provider_profile(
    *,
    provider: ServiceProviderProfile,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> ServiceProviderProfile:
    """Change what a provider tells of itself. Raises VersionConflict or ValidationError."""
    provider = ServiceProviderProfile.objects.select_for_update().get(pk=provider.pk)
    require_version(provider, version)
    _assign(provider, changes)
    return provider


@transaction.atomic
def set_provider_availability(
    *,
    provider: ServiceProviderProfile,
    is_available: bool,
    schedule: Mapping[str, list[list[str]]] | None = None,
) -> ServiceProviderProfile:
    """Say whether a provider takes work, and its opening hours by weekday.

    Raises InvalidSchedule unless ``schedule`` is {weekday: [[from, to], …]}, in order and without
    overlap.
    """
    provider = ServiceProviderProfile.objects.select_for_update().get(pk=provider.pk)
    provider.is_available = is_available
    if schedule is not None:
        check_schedule(schedule)
        provider.availability_schedule = dict(schedule)
    provider.save(update_fields=["is_available", "availability_schedule"])
    return provider


def check_schedule(schedule: Mapping[str, list[list[str]]]) -> None:
    """Raise InvalidSchedule unless the hours can be kept."""
    try:
        for day, spans in schedule.items():
            hours = [time.fromisoformat(hour) for start, end in spans for hour in (start, end)]
            if day not in WEEKDAYS or any(a >= b for a, b in pairwise(hours)):
                raise errors.InvalidSchedule
    except (AttributeError, TypeError, ValueError) as error:
        raise errors.InvalidSchedule from error


def _assign(provider: ServiceProviderProfile, details: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in details.items() if name != "service_areas"}
    for name, value in fields.items():
        setattr(provider, name, value)
    provider.full_clean()
    provider.save()
    if "service_areas" in details:
        provider.service_areas.set(details["service_areas"])


def erase_provider_profile(*, user_id: UUID) -> None:
    """Remove for good what the profile of a user's business tells of them; its figures stay."""
    ServiceProviderProfile.objects.all_with_deleted().filter(user_profile__user=user_id).update(
        business_name=NAMELESS,
        **dict.fromkeys(("business_description", "business_license", "city", "country"), ""),
        **dict.fromkeys(("latitude", "longitude"), None),
        verification_documents=[],
        availability_schedule={},
    )
