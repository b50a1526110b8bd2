"""What providers offer."""

from typing import TYPE_CHECKING, Annotated

import strawberry
import strawberry_django
from strawberry import auto

from apps.providers import models
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, money
from schema.catalog.types import ServiceAddon, ServiceSubcategory

if TYPE_CHECKING:
    from schema.providers.types.profiles import ServiceProviderProfile

PriceType = choices(
    models.ServiceProviderService.PriceType,
    "ServicePriceType",
    "What a provider's price is for.",
    FIXED="All of the work.",
    HOURLY="An hour.",
    NEGOTIABLE="A start: it is agreed on for each order.",
)


@strawberry_django.type(models.ServiceProviderService)
class ServiceProviderService(Node):
    """A service that a provider offers, at its own price."""

    provider: Annotated[
        "ServiceProviderProfile", strawberry.lazy("schema.providers.types.profiles")
    ]
    subcategory: ServiceSubcategory
    description: auto
    price_type: models.ServiceProviderService.PriceType
    is_available: auto
    estimated_duration: auto
    version: auto
    base_price = money(models.ServiceProviderService, "base_price")
    available_addons: Connection[ServiceAddon] = connection(description="What can be added.")
    addon_prices: Connection["ProviderAddonPrice"] = connection(
        description="What addons cost here; those that are not listed cost what the catalog says."
    )


@strawberry_django.type(models.ProviderAddonPrice)
class ProviderAddonPrice(Node):
    """What an addon costs with a provider, where that is not the catalog's price."""

    addon: ServiceAddon
    version: auto
    price = money(models.ProviderAddonPrice, "price")
