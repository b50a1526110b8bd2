"""Providers, as clients see them: without contact data."""

from schema.providers.types.documents import ProviderDocument
from schema.providers.types.hours import Opening, ProviderHoursException, ProviderTimeOff
from schema.providers.types.offers import PriceType, ProviderAddonPrice, ServiceProviderService
from schema.providers.types.profiles import ServiceProviderProfile

__all__ = [
    "Opening",
    "PriceType",
    "ProviderAddonPrice",
    "ProviderDocument",
    "ProviderHoursException",
    "ProviderTimeOff",
    "ServiceProviderProfile",
    "ServiceProviderService",
]
