"""What providers offer: added, changed, removed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.catalog.models import ServiceSubcategory
from apps.providers.models import ServiceProviderProfile, ServiceProviderService
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money


@transaction.atomic
def add_provider_service(
    *,
    provider: ServiceProviderProfile,
    subcategory: ServiceSubcategory,
    base_price: Money,
    details: Mapping[str, Any],
) -> ServiceProviderService:
    """Offer a service at a price in the provider's currency.

    Raises CurrencyMismatch, or ValidationError (already_offered, amount_not_positive).
    """
    service = ServiceProviderService(
        provider=provider, subcategory=subcategory, currency=provider.currency
    )
    _assign(service, {"base_price": base_price, **details})
    return service


@transaction.atomic
def update_provider_service(
    *, service: ServiceProviderService, changes: Mapping[str, Any], version: int | None = None
) -> ServiceProviderService:
    """Change an offered service. Raises VersionConflict, CurrencyMismatch or ValidationError."""
    service = ServiceProviderService.objects.select_for_update(of=("self",)).get(pk=service.pk)
    require_version(service, version)
    _assign(service, changes)
    return service


@transaction.atomic
def remove_provider_service(*, service: ServiceProviderService) -> ServiceProviderService:
    """Offer a service no longer."""
    service.soft_delete()
    return service


def _assign(service: ServiceProviderService, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if isinstance(value, Money) and value.currency != service.currency:
            raise CurrencyMismatch
        setattr(service, name, value)
    service.full_clean()
    service.save()
