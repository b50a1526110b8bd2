"""Mutations of providers."""

from typing import Any

from django.db.models import QuerySet

from apps.providers.models import ServiceProviderProfile
from tests.architecture.isolation.actors import SIGNED_IN as REFERENCE
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.accounts import UserProfileFactory
from tests.factories.catalog import SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory

AMOUNT = {"amount": "500.00", "currency": "ZAR"}


@valid("createProviderProfile", open_to={"serviceAreaIds": REFERENCE})
def _create_provider_profile(side: Side) -> Input:
    businesses = QuerySet(ServiceProviderProfile).filter(pk=side.me.provider.pk)
    businesses.update(user_profile=UserProfileFactory())
    area = side.first("catalog.ServiceArea")
    return {"businessName": "Pipes", "currency": "ZAR", "serviceAreaIds": [gid(area)]}


@valid("updateProviderProfile", open_to={"serviceAreaIds": REFERENCE})
def _update_provider_profile(side: Side) -> Input:
    return {
        "businessName": "Pipes and Drains",
        "serviceAreaIds": [gid(side.first("catalog.ServiceArea"))],
    }


@valid("setProviderAvailability")
def _set_provider_availability(side: Side) -> Input:
    return {"isAvailable": False}


@valid("addProviderService", open_to={"subcategoryId": REFERENCE})
def _add_provider_service(side: Side) -> Input:
    return {"subcategoryId": gid(SubcategoryFactory()), "basePrice": AMOUNT}


@valid("updateProviderService")
def _update_provider_service(side: Side) -> Input:
    return {"id": gid(_offer(side)), "basePrice": AMOUNT}


@valid("removeProviderService")
def _remove_provider_service(side: Side) -> Input:
    return {"id": gid(_offer(side))}


def _offer(side: Side) -> Any:
    return OfferedServiceFactory(provider=side.me.provider)


@valid("addFavoriteProvider", open_to={"providerId": REFERENCE})
@valid("removeFavoriteProvider", open_to={"providerId": REFERENCE})
def _favorite(side: Side) -> Input:
    return {"providerId": gid(side.rival.provider)}
