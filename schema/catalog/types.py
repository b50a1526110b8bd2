"""The catalog, as clients see it."""

import strawberry_django
from strawberry import auto

from apps.catalog import models
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, computed, money
from schema.catalog.translations import translated

Complexity = choices(
    models.ServiceSubcategory.Complexity,
    "ServiceComplexity",
    "How hard a service is.",
    EASY="Anyone handy can do it.",
    MEDIUM="It takes some skill.",
    HARD="It takes a trained person.",
    EXPERT="It takes a specialist.",
)
AddonPriceType = choices(
    models.ServiceAddon.PriceType,
    "AddonPriceType",
    "What an addon's price is for.",
    FIXED="All of it.",
    PER_UNIT="One of them.",
    PER_HOUR="An hour.",
)


@strawberry_django.type(models.Language)
class Language(Node):
    """A language that the platform speaks."""

    code: auto
    name: auto
    native_name: auto
    is_active: auto
    is_default: auto
    flag_icon: auto
    rtl_support: auto
    locale_code: auto
    currency_code: auto
    is_deleted: auto
    version: auto


@strawberry_django.type(models.ServiceCategory)
class ServiceCategory(Node):
    """A branch of the tree of services."""

    name = translated(models.ServiceCategory, "name")
    description = translated(models.ServiceCategory, "description")
    slug: auto
    icon: auto
    color: auto
    sort_order: auto
    featured: auto
    commission_rate: auto
    lead_credits: auto
    estimated_duration_min: auto
    estimated_duration_max: auto
    meta_title = translated(models.ServiceCategory, "meta_title")
    meta_description = translated(models.ServiceCategory, "meta_description")
    keywords: auto
    requires_license: auto
    requires_insurance: auto
    requires_background_check: auto
    translations: auto
    is_deleted: auto
    version: auto
    min_price = money(models.ServiceCategory, "min_price")
    max_price = money(models.ServiceCategory, "max_price")
    parent: "ServiceCategory | None"
    children: Connection["ServiceCategory"] = connection(description="The branches below it.")
    subcategories: Connection["ServiceSubcategory"] = connection(description="Its services.")

    @computed(needs=["banner_image"], description="Where its wide picture is.")
    def banner_image(self) -> str | None:
        """Where its wide picture is."""
        return self.banner_image.url if self.banner_image else None


@strawberry_django.type(models.ServiceSubcategory)
class ServiceSubcategory(Node):
    """A service that can be booked."""

    category: ServiceCategory
    name = translated(models.ServiceSubcategory, "name")
    description = translated(models.ServiceSubcategory, "description")
    slug: auto
    icon: auto
    sort_order: auto
    featured: auto
    estimated_duration: auto
    complexity_level: models.ServiceSubcategory.Complexity
    required_tools: auto
    required_materials: auto
    safety_requirements = translated(models.ServiceSubcategory, "safety_requirements")
    meta_title = translated(models.ServiceSubcategory, "meta_title")
    meta_description = translated(models.ServiceSubcategory, "meta_description")
    translations: auto
    is_deleted: auto
    version: auto
    base_price = money(models.ServiceSubcategory, "base_price")
    price_range_min = money(models.ServiceSubcategory, "price_range_min")
    price_range_max = money(models.ServiceSubcategory, "price_range_max")
    addons: Connection["ServiceAddon"] = connection(description="What can be added.")
    packages: Connection["ServicePackage"] = connection(description="What is sold together.")

    @computed(needs=["image"], description="Where its picture is.")
    def image(self) -> str | None:
        """Where its picture is."""
        return self.image.url if self.image else None


@strawberry_django.type(models.ServiceAddon)
class ServiceAddon(Node):
    """Something that can be added to a service."""

    subcategory: ServiceSubcategory
    name = translated(models.ServiceAddon, "name")
    description = translated(models.ServiceAddon, "description")
    price_type: models.ServiceAddon.PriceType
    featured: auto
    duration_addition: auto
    min_quantity: auto
    max_quantity: auto
    requires_approval: auto
    translations: auto
    is_deleted: auto
    version: auto
    price = money(models.ServiceAddon, "price")
    prerequisites: Connection["ServiceAddon"] = connection(
        description="Addons that must be taken as well."
    )

    @computed(needs=["image"], description="Where its picture is.")
    def image(self) -> str | None:
        """Where its picture is."""
        return self.image.url if self.image else None


@strawberry_django.type(models.ServicePackage)
class ServicePackage(Node):
    """Addons of a service, sold together."""

    subcategory: ServiceSubcategory
    name = translated(models.ServicePackage, "name")
    description = translated(models.ServicePackage, "description")
    discount_percentage: auto
    is_popular: auto
    is_best_value: auto
    estimated_duration: auto
    valid_from: auto
    valid_until: auto
    translations: auto
    is_deleted: auto
    version: auto
    package_price = money(models.ServicePackage, "package_price")
    addons: Connection["ServiceAddon"] = connection(description="What it holds.")


@strawberry_django.type(models.ServiceArea)
class ServiceArea(Node):
    """A place where services are offered."""

    name = translated(models.ServiceArea, "name")
    city = translated(models.ServiceArea, "city")
    state: auto
    country: auto
    latitude: auto
    longitude: auto
    radius_km: auto
    time_zone: auto
    postal_codes: auto
    is_active: auto
    currency: auto
    base_price_multiplier: auto
    translations: auto
    is_deleted: auto
    version: auto
    travel_fee = money(models.ServiceArea, "travel_fee")
    service_categories: Connection["ServiceCategory"] = connection(
        description="What is offered there."
    )
