"""What providers do with their profiles, and clients with their favourites."""

from collections.abc import Mapping
from typing import Any, cast

import strawberry

from apps.accounts import access as account_access
from apps.accounts.services import favorites
from apps.catalog import models as catalog
from apps.catalog.access import catalog_entry
from apps.providers import access
from apps.providers.models import ServiceProviderProfile as ProviderModel
from apps.providers.models import ServiceProviderService as OfferModel
from apps.providers.services import offers, profiles
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.providers.inputs import (
    AddProviderServiceInput,
    CreateProviderProfileInput,
    ProviderInput,
    ProviderServiceInput,
    SetProviderAvailabilityInput,
    UpdateProviderProfileInput,
    UpdateProviderServiceInput,
)
from schema.providers.types import ServiceProviderProfile, ServiceProviderService


def _with_areas(viewer: Viewer, details: dict[str, Any]) -> Mapping[str, Any]:
    """The details of a profile with its areas in place of their ids."""
    ids = details.pop("service_area_ids", None)
    if ids is not None:
        details["service_areas"] = [
            catalog_entry(viewer, catalog.ServiceArea, key(id, of=catalog.ServiceArea))
            for id in ids
        ]
    return details


@strawberry.type
class ProvidersMutation:
    """Mutations of providers."""

    @mutation(gate=SignedIn, description="Open one's business, in the active organization.")
    def create_provider_profile(
        self, info: Info, input: CreateProviderProfileInput
    ) -> ServiceProviderProfile:
        """Open a business."""
        viewer = info.context.viewer
        return profiles.create_provider_profile(
            user=viewer.user,
            organization_id=viewer.organization_id,
            details=_with_areas(viewer, given(input)),
        )

    @mutation(gate=SignedIn, description="Change what one's business tells of itself.")
    def update_provider_profile(
        self, info: Info, input: UpdateProviderProfileInput
    ) -> ServiceProviderProfile:
        """Change the own profile."""
        viewer = info.context.viewer
        return profiles.update_provider_profile(
            provider=access.acting_provider(viewer),
            changes=_with_areas(viewer, given(input, without={"version"})),
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Say whether and when one's business takes work.")
    def set_provider_availability(
        self, info: Info, input: SetProviderAvailabilityInput
    ) -> ServiceProviderProfile:
        """Set the own availability."""
        return profiles.set_provider_availability(
            provider=access.acting_provider(info.context.viewer),
            is_available=input.is_available,
            schedule=cast("Any", input.schedule),
        )

    @mutation(gate=SignedIn, description="Offer a service.")
    def add_provider_service(
        self, info: Info, input: AddProviderServiceInput
    ) -> ServiceProviderService:
        """Offer a service."""
        viewer = info.context.viewer
        return offers.add_provider_service(
            provider=access.acting_provider(viewer),
            subcategory=catalog_entry(
                viewer,
                catalog.ServiceSubcategory,
                key(input.subcategory_id, of=catalog.ServiceSubcategory),
            ),
            base_price=input.base_price.to_money(),
            details=given(input, without={"subcategory_id", "base_price"}),
        )

    @mutation(gate=SignedIn, description="Change an offered service.")
    def update_provider_service(
        self, info: Info, input: UpdateProviderServiceInput
    ) -> ServiceProviderService:
        """Change an offer."""
        return offers.update_provider_service(
            service=access.own_service(info.context.viewer, key(input.id, of=OfferModel)),
            changes=given(input, without={"id", "version"}),
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Offer a service no longer.")
    def remove_provider_service(
        self, info: Info, input: ProviderServiceInput
    ) -> ServiceProviderService:
        """Remove an offer."""
        return offers.remove_provider_service(
            service=access.own_service(info.context.viewer, key(input.id, of=OfferModel))
        )

    @mutation(gate=SignedIn, description="Keep a provider in mind.")
    def add_favorite_provider(self, info: Info, input: ProviderInput) -> ServiceProviderProfile:
        """Add a favourite."""
        viewer = info.context.viewer
        provider = access.provider_visible_to(viewer, key(input.provider_id, of=ProviderModel))
        client = account_access.client_of(viewer)
        favorites.add_favorite_provider(client=client, provider=provider)
        return provider

    @mutation(gate=SignedIn, description="Keep a provider in mind no longer.")
    def remove_favorite_provider(self, info: Info, input: ProviderInput) -> ServiceProviderProfile:
        """Remove a favourite."""
        viewer = info.context.viewer
        provider = access.provider_visible_to(viewer, key(input.provider_id, of=ProviderModel))
        client = account_access.client_of(viewer)
        favorites.remove_favorite_provider(client=client, provider=provider)
        return provider
