"""Provider profiles: made, changed, opened and closed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User, UserProfile
from apps.core.services.erasure import erase_names
from apps.organizations.models import Organization
from apps.providers import errors
from apps.providers.hours import Hours, check_schedule
from apps.providers.models import (
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)
from apps.providers.services.documents import discard_documents
from apps.providers.services.locks import locked_provider
from apps.providers.services.search import index_business_of, index_providers
from kernel.countries import check_country
from kernel.models import require_version
from kernel.zones import UnknownTimezone, check_zone

NAMELESS = "Deleted business"
FARTHEST_KM = 500


@transaction.atomic
def create_provider_profile(
    *, user: User, organization_id: UUID | None, details: Mapping[str, Any]
) -> ServiceProviderProfile:
    """Open a user's business on the platform; staff verifies it before it can bid.

    ``details`` are fields of ServiceProviderProfile, and ``service_areas``. Raises NoOrganization,
    ProfileExists, UnknownCountry, UnknownTimezone, InvalidRadius, or ValidationError
    (invalid_place and others).
    """
    organization: Organization | None = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        raise errors.NoOrganization
    profile = UserProfile.objects.select_for_update().get(user=user)
    # A deleted one too: whoever has it brought back goes on with it.
    if ServiceProviderProfile.objects.all_with_deleted().filter(user_profile=profile).exists():
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
    """Change what a provider tells of itself. Raises as ``create_provider_profile`` does for its
    details, and VersionConflict.
    """
    provider = locked_provider(provider.pk)
    require_version(provider, version)
    _assign(provider, changes)
    return provider


@transaction.atomic
def set_provider_availability(
    *,
    provider: ServiceProviderProfile,
    is_available: bool,
    schedule: Mapping[str, Hours] | None = None,
    time_zone: str | None = None,
    version: int | None = None,
) -> ServiceProviderProfile:
    """Say whether a provider takes work, its opening hours by weekday, and in which zone.

    Raises VersionConflict, UnknownTimezone; and InvalidSchedule unless ``schedule`` is
    {weekday: [[from, to], …]}, in order and without overlap.
    """
    provider = locked_provider(provider.pk)
    require_version(provider, version)
    provider.is_available = is_available
    if schedule is not None:
        check_schedule(schedule)
        provider.availability_schedule = dict(schedule)
    if time_zone is not None:
        _check_zone(time_zone)
        provider.time_zone = time_zone
    provider.save(update_fields=["is_available", "availability_schedule", "time_zone"])
    return provider


def _assign(provider: ServiceProviderProfile, details: Mapping[str, Any]) -> None:
    _check(details)
    fields = {name: value for name, value in details.items() if name != "service_areas"}
    for name, value in fields.items():
        setattr(provider, name, value)
    provider.full_clean()
    provider.save()
    if "service_areas" in details:
        provider.service_areas.set(details["service_areas"])
    index_providers(provider_ids=[provider.pk])


def _check(details: Mapping[str, Any]) -> None:
    if details.get("country"):
        check_country(details["country"])
    if "time_zone" in details:
        _check_zone(details["time_zone"])
    if "travel_radius" in details and not 1 <= (details["travel_radius"] or 0) <= FARTHEST_KM:
        raise errors.InvalidRadius


def _check_zone(name: str) -> None:
    try:
        check_zone(name)
    except UnknownTimezone as error:
        error.field = "timeZone"
        raise


@transaction.atomic
def delete_provider_profile(*, provider: ServiceProviderProfile) -> None:
    """Hide a business, with what it offers and the documents that it showed.

    Raises NotFound for one that is deleted already.
    """
    locked_provider(provider.pk).soft_delete()


@transaction.atomic
def restore_provider_profile(*, provider: ServiceProviderProfile) -> None:
    """Bring back a deleted business with all that its deletion took."""
    provider.restore()
    index_providers(provider_ids=[provider.pk])


@transaction.atomic
def erase_provider_profile(*, user_id: UUID) -> None:
    """Remove for good what the profile of a user's business tells of them; its figures stay."""
    businesses = ServiceProviderProfile.objects.all_with_deleted().filter(
        user_profile__user=user_id
    )
    businesses.update(
        business_name=NAMELESS,
        **dict.fromkeys(("business_description", "business_license", "city", "country"), ""),
        **dict.fromkeys(("latitude", "longitude"), None),
        availability_schedule={},
        time_zone="UTC",
        is_verified_provider=False,
    )
    ServiceProviderProfile.service_areas.through.objects.filter(
        serviceproviderprofile__in=businesses
    ).delete()
    index_business_of(user_id=user_id)
    for model in (ProviderHoursException, ProviderTimeOff):
        model.objects.filter(provider__in=businesses).delete()
    papers = ProviderDocument.objects.all_with_deleted().filter(provider__in=businesses)
    for rows in (businesses, papers):
        erase_names(rows)
    discard_documents(list(papers))
