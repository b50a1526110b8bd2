"""Filters and orders of the catalog."""

import strawberry_django
from strawberry import auto

from apps.catalog import models
from schema.base.ids import Ids


@strawberry_django.filter_type(models.Language, lookups=True)
class LanguageFilter:
    """Which languages to list."""

    id: Ids | None
    code: auto
    is_active: auto
    rtl_support: auto


@strawberry_django.order_type(models.Language)
class LanguageOrder:
    """How to order languages."""

    code: auto
    name: auto


@strawberry_django.order_type(models.ServicePackage)
class ServicePackageOrder:
    """How to order packages."""

    name: auto
    package_price: auto


@strawberry_django.filter_type(models.ServiceCategory, lookups=True)
class ServiceCategoryFilter:
    """Which categories to list."""

    id: Ids | None
    slug: auto
    name: auto
    featured: auto
    parent: "ServiceCategoryFilter | None"


@strawberry_django.order_type(models.ServiceCategory)
class ServiceCategoryOrder:
    """How to order categories."""

    sort_order: auto
    name: auto


@strawberry_django.filter_type(models.ServiceSubcategory, lookups=True)
class ServiceSubcategoryFilter:
    """Which services to list."""

    id: Ids | None
    slug: auto
    name: auto
    featured: auto
    category: ServiceCategoryFilter | None


@strawberry_django.order_type(models.ServiceSubcategory)
class ServiceSubcategoryOrder:
    """How to order services."""

    sort_order: auto
    name: auto
    base_price: auto


@strawberry_django.filter_type(models.ServicePackage, lookups=True)
class ServicePackageFilter:
    """Which packages to list."""

    id: Ids | None
    is_popular: auto
    subcategory: ServiceSubcategoryFilter | None


@strawberry_django.filter_type(models.ServiceArea, lookups=True)
class ServiceAreaFilter:
    """Which areas to list."""

    id: Ids | None
    name: auto
    city: auto
    country: auto


@strawberry_django.order_type(models.ServiceArea)
class ServiceAreaOrder:
    """How to order areas."""

    name: auto
    city: auto
