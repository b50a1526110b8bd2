"""Businesses, as those who run them open and change them."""

from collections.abc import Mapping
from typing import Any

import strawberry

from apps.catalog import models as catalog
from apps.catalog.access import catalog_entries
from apps.providers import access
from apps.providers.services import profiles
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.providers.inputs import CreateProviderProfileInput, UpdateProviderProfileInput
from schema.providers.types import ServiceProviderProfile


def _with_areas(viewer: Viewer, details: dict[str, Any]) -> Mapping[str, Any]:
    """The details of a profile with its areas in place of their ids."""
    ids = details.pop("service_area_ids", None)
    if ids is not None:
        keys = [key(id, of=catalog.ServiceArea) for id in ids]
        details["service_areas"] = catalog_entries(viewer, catalog.ServiceArea, keys)
    return details


@strawberry.type
class ProfilesMutation:
    """Mutations of profiles."""

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
