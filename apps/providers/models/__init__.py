"""Those who do the work: their profiles, what they offer, and what they are found by."""

from apps.providers.models.documents import ProviderDocument, shows
from apps.providers.models.hours import ProviderHoursException, ProviderTimeOff
from apps.providers.models.offers import ProviderAddonPrice, ServiceProviderService
from apps.providers.models.profiles import ServiceProviderProfile
from apps.providers.models.search import ProviderSearchEntry

__all__ = [
    "ProviderAddonPrice",
    "ProviderDocument",
    "ProviderHoursException",
    "ProviderSearchEntry",
    "ProviderTimeOff",
    "ServiceProviderProfile",
    "ServiceProviderService",
    "shows",
]
