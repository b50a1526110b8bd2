"""What providers offer, as they say it."""

from collections.abc import Sequence
from typing import Any

import strawberry

from apps.catalog import models as catalog
from apps.catalog.access import catalog_entries, catalog_entry
from apps.providers import access
from apps.providers.models import ServiceProviderService as OfferModel
from apps.providers.services import offers
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.providers.inputs import (
    AddProviderServiceInput,
    OfferedAddonInput,
    ProviderServiceInput,
    UpdateProviderServiceInput,
)
from schema.providers.types import ServiceProviderService


def _with_addons(viewer: Viewer, details: dict[str, Any]) -> dict[str, Any]:
    """The details of an offer with its addons in place of their ids."""
    if details.get("addons") is not None:
        details["addons"] = _offered(viewer, details["addons"])
    return details


def _offered(viewer: Viewer, given: Sequence[OfferedAddonInput]) -> list[offers.OfferedAddon]:
    keys = [key(each.addon_id, of=catalog.ServiceAddon) for each in given]
    addons = {addon.pk: addon for addon in catalog_entries(viewer, catalog.ServiceAddon, keys)}
    return [
        offers.OfferedAddon(addons[pk], each.price.to_money() if each.price else None)
        for pk, each in zip(keys, given, strict=True)
    ]


@strawberry.type
class OffersMutation:
    """Mutations of offered services."""

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
            details=_with_addons(viewer, given(input, without={"subcategory_id", "base_price"})),
        )

    @mutation(gate=SignedIn, description="Change an offered service.")
    def update_provider_service(
        self, info: Info, input: UpdateProviderServiceInput
    ) -> ServiceProviderService:
        """Change an offer."""
        viewer = info.context.viewer
        return offers.update_provider_service(
            service=access.own_service(viewer, key(input.id, of=OfferModel)),
            changes=_with_addons(viewer, given(input, without={"id", "version"})),
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
