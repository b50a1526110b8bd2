"""What can be booked, where, and in which languages. Everyone may read it."""

from apps.catalog.models.areas import ServiceArea
from apps.catalog.models.entries import CatalogQuerySet, TranslatedModel
from apps.catalog.models.languages import Language
from apps.catalog.models.services import (
    ServiceAddon,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)

__all__ = [
    "CatalogQuerySet",
    "Language",
    "ServiceAddon",
    "ServiceArea",
    "ServiceCategory",
    "ServicePackage",
    "ServiceSubcategory",
    "TranslatedModel",
]
