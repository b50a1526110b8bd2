"""What providers offer: added, changed, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.catalog.models import ServiceAddon, ServiceSubcategory
from apps.providers import errors
from apps.providers.models import (
    ProviderAddonPrice,
    ServiceProviderProfile,
    ServiceProviderService,
)
from apps.providers.services.locks import locked_provider
from apps.providers.services.search import index_providers
from kernel.constraints import save_checked
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money


@dataclass(frozen=True, slots=True)
class OfferedAddon:
    """An addon that a provider offers with a service; without a price, at the catalog's."""

    addon: ServiceAddon
    price: Money | None = None


@transaction.atomic
def add_provider_service(
    *,
    provider: ServiceProviderProfile,
    subcategory: ServiceSubcategory,
    base_price: Money,
    details: Mapping[str, Any],
) -> ServiceProviderService:
    """Offer a service at a price in the provider's currency.

    ``details`` are fields of ServiceProviderService, and ``addons``: a list of OfferedAddon. Raises
    CurrencyMismatch, AddonNotOffered, DuplicateAddon, or ValidationError (already_offered,
    amount_not_positive, amount_negative, invalid_duration).
    """
    provider = locked_provider(provider.pk)
    service = ServiceProviderService(
        provider=provider, subcategory=subcategory, currency=provider.currency
    )
    _assign(service, {"base_price": base_price, **details})
    return service


@transaction.atomic
def update_provider_service(
    *, service: ServiceProviderService, changes: Mapping[str, Any], version: int | None = None
) -> ServiceProviderService:
    """Change an offered service; ``addons`` take the place of those that it was offered with.

    Raises VersionConflict, and what ``add_provider_service`` raises.
    """
    locked_provider(service.provider_id)
    rows = ServiceProviderService.objects.select_for_update(of=("self",))
    service = one_of(rows, pk=service.pk)
    require_version(service, version)
    _assign(service, changes)
    return service


@transaction.atomic
def remove_provider_service(*, service: ServiceProviderService) -> ServiceProviderService:
    """Offer a service no longer."""
    locked_provider(service.provider_id)
    service.soft_delete()
    index_providers(provider_ids=[service.provider_id])
    return service


@transaction.atomic
def restore_provider_service(*, service: ServiceProviderService) -> None:
    """Offer a removed service again.

    Raises NotFound where its provider is deleted, or ValidationError where that offers the same
    anew (already_offered).
    """
    locked_provider(service.provider_id)
    service.is_deleted = False
    service.validate_constraints()
    service.restore()
    index_providers(provider_ids=[service.provider_id])


def _assign(service: ServiceProviderService, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if name != "addons":
            setattr(service, name, _in_currency(service, value))
    save_checked(service)
    if details.get("addons") is not None:
        _offer_addons(service, details["addons"])
    index_providers(provider_ids=[service.provider_id])


def _in_currency(service: ServiceProviderService, value: Any) -> Any:
    if isinstance(value, Money) and value.currency != service.currency:
        raise CurrencyMismatch
    return value


def _offer_addons(service: ServiceProviderService, offered: Sequence[OfferedAddon]) -> None:
    addons = [each.addon for each in offered]
    if any(addon.subcategory_id != service.subcategory_id for addon in addons):
        raise errors.AddonNotOffered
    if len({addon.pk for addon in addons}) < len(addons):
        raise errors.DuplicateAddon
    service.available_addons.set(addons)
    prices = [
        ProviderAddonPrice(
            service=service,
            addon=each.addon,
            currency=service.currency,
            price=_in_currency(service, each.price),
        )
        for each in offered
        if each.price is not None
    ]
    ProviderAddonPrice.objects.filter(service=service).delete()
    for price in prices:
        save_checked(price)
