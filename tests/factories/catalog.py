"""Entries of the catalog."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)


class LanguageFactory(DjangoModelFactory[Language]):
    """A language."""

    class Meta:
        model = Language

    code = factory.Sequence(lambda n: f"x{n}")
    name = "English"
    native_name = "English"


class CategoryFactory(DjangoModelFactory[ServiceCategory]):
    """A branch of the tree."""

    class Meta:
        model = ServiceCategory

    name = "Plumbing"
    slug = factory.Sequence(lambda n: f"plumbing-{n}")


class SubcategoryFactory(DjangoModelFactory[ServiceSubcategory]):
    """A service."""

    class Meta:
        model = ServiceSubcategory

    category: Any = factory.SubFactory(CategoryFactory)
    name = "Fix a leaking tap"
    slug = factory.Sequence(lambda n: f"tap-{n}")
    base_price = 3000


class AddonFactory(DjangoModelFactory[ServiceAddon]):
    """An addon of up to five."""

    class Meta:
        model = ServiceAddon

    subcategory: Any = factory.SubFactory(SubcategoryFactory)
    name = "New washer"
    price = 500
    max_quantity = 5


class PackageFactory(DjangoModelFactory[ServicePackage]):
    """A package."""

    class Meta:
        model = ServicePackage

    subcategory: Any = factory.SubFactory(SubcategoryFactory)
    name = "All taps"
    package_price = 9000


class AreaFactory(DjangoModelFactory[ServiceArea]):
    """Observatory in Cape Town, which counts in rand."""

    class Meta:
        model = ServiceArea

    name = "Observatory"
    city = "Cape Town"
    country = "ZA"
    latitude = -33.9381
    longitude = 18.4697
    currency = "ZAR"
    base_price_multiplier = 18
