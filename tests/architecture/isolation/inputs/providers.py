"""Mutations of providers."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from apps.providers.models import ServiceProviderProfile
from kernel import clock
from tests.architecture.isolation.actors import ADMIN
from tests.architecture.isolation.actors import SIGNED_IN as REFERENCE
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.accounts import UserProfileFactory
from tests.factories.catalog import AddonFactory, CategoryFactory
from tests.factories.providers import (
    DocumentFactory,
    HoursExceptionFactory,
    OfferedServiceFactory,
    TimeOffFactory,
)

AMOUNT = {"amount": "500.00", "currency": "ZAR"}


@arguments("providerOpenings")
def _provider_openings(world: Any) -> list[Input]:
    begins = clock.now()
    window = {"from": begins.isoformat(), "until": (begins + timedelta(days=7)).isoformat()}
    return [{"providerId": gid(world.side.me.provider)} | window]


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


@valid("addProviderService", open_to={"subcategoryId": REFERENCE, "addons.addonId": REFERENCE})
def _add_provider_service(side: Side) -> Input:
    addon = AddonFactory()
    return {"subcategoryId": gid(addon.subcategory), "basePrice": AMOUNT, "addons": _addons(addon)}


@valid("updateProviderService", open_to={"addons.addonId": REFERENCE})
def _update_provider_service(side: Side) -> Input:
    offer = _offer(side)
    addon = AddonFactory(subcategory=offer.subcategory)
    return {"id": gid(offer), "basePrice": AMOUNT, "addons": _addons(addon)}


def _addons(addon: Any) -> Any:
    return [{"addonId": gid(addon), "price": AMOUNT}]


@valid("removeProviderService")
def _remove_provider_service(side: Side) -> Input:
    return {"id": gid(_offer(side))}


def _offer(side: Side) -> Any:
    return OfferedServiceFactory(provider=side.me.provider)


@valid("addFavoriteProvider", open_to={"providerId": REFERENCE})
@valid("removeFavoriteProvider", open_to={"providerId": REFERENCE})
def _favorite(side: Side) -> Input:
    return {"providerId": gid(side.rival.provider)}


@valid("setHoursException")
def _set_hours_exception(side: Side) -> Input:
    return {"date": "2030-01-02", "hours": [["08:00", "12:00"]]}


@valid("removeHoursException")
def _remove_hours_exception(side: Side) -> Input:
    return {"id": gid(HoursExceptionFactory(provider=side.me.provider, date="2030-01-03"))}


@valid("addTimeOff")
def _add_time_off(side: Side) -> Input:
    return {"startsAt": "2030-01-01T00:00:00Z", "endsAt": "2030-01-08T00:00:00Z"}


@valid("removeTimeOff")
def _remove_time_off(side: Side) -> Input:
    return {"id": gid(TimeOffFactory(provider=side.me.provider))}


@valid("submitProviderDocument", open_to={"categoryId": REFERENCE})
def _submit_provider_document(side: Side) -> Input:
    category = side.first("catalog.ServiceCategory")
    return {"documentType": "OTHER", "file": File(), "categoryId": gid(category)}


@valid("withdrawProviderDocument")
def _withdraw_provider_document(side: Side) -> Input:
    return {"id": gid(_document(side))}


@valid("reviewProviderDocument", by=ADMIN)
def _review_provider_document(side: Side) -> Input:
    return {"id": gid(_document(side)), "approved": True}


def _document(side: Side) -> Any:
    return DocumentFactory(provider=side.me.provider, category=CategoryFactory())


@valid("verifyProvider", by=ADMIN, open_to={"providerId": REFERENCE})
def _verify_provider(side: Side) -> Input:
    DocumentFactory(provider=side.me.provider, document_type="IDENTITY", approved=True)
    return {"providerId": gid(side.me.provider), "isVerified": False}
