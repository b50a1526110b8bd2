"""What mutations of the tree of services, of addons and of packages take."""

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET, relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.catalog.inputs.shared import Translated
from schema.catalog.types import AddonPriceType, Complexity

PICTURE = "A JPEG, PNG or WebP file; null removes the one there is."
SLUG = "Its name in addresses; made from its name where none is given."


@strawberry.input(description="What is told of a category.")
class ServiceCategoryDetails(Translated):
    """The fields that making and changing a category share."""

    parent_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The branch that it grows from; null for a root."
    )
    description: str | None = strawberry.field(default=UNSET, description="What belongs to it.")
    slug: str | None = strawberry.field(default=UNSET, description=SLUG)
    icon: str | None = strawberry.field(default=UNSET, description="The name of its icon.")
    color: str | None = strawberry.field(default=UNSET, description="Its colour, as #rrggbb.")
    sort_order: int | None = strawberry.field(
        default=UNSET, description="Its place among its siblings."
    )
    banner_image: Upload | None = strawberry.field(default=UNSET, description=PICTURE)
    featured: bool | None = strawberry.field(
        default=UNSET, description="Whether it is shown first."
    )
    commission_rate: Decimal | None = strawberry.field(
        default=UNSET, description="What the platform takes of each order, in percent."
    )
    lead_credits: int | None = strawberry.field(
        default=UNSET,
        description="What a lead costs providers, 1 to 1,000 credits; null for that of the branch"
        " above.",
    )
    min_price: MoneyInput | None = strawberry.field(
        default=UNSET, description="The least that work costs here, in the platform's currency."
    )
    max_price: MoneyInput | None = strawberry.field(
        default=UNSET, description="The most that work costs here, in the platform's currency."
    )
    estimated_duration_min: int | None = strawberry.field(
        default=UNSET, description="Minutes that the shortest job takes."
    )
    estimated_duration_max: int | None = strawberry.field(
        default=UNSET, description="Minutes that the longest job takes."
    )
    meta_title: str | None = strawberry.field(
        default=UNSET, description="Title for search engines."
    )
    meta_description: str | None = strawberry.field(
        default=UNSET, description="Description for search engines."
    )
    keywords: list[str] | None = strawberry.field(default=UNSET, description="Words to find it by.")
    requires_license: bool | None = strawberry.field(
        default=UNSET, description="Whether a licence is needed."
    )
    requires_insurance: bool | None = strawberry.field(
        default=UNSET, description="Whether insurance is needed."
    )
    requires_background_check: bool | None = strawberry.field(
        default=UNSET, description="Whether providers are checked first."
    )


@strawberry.input(description="A new category.")
class CreateServiceCategoryInput(ServiceCategoryDetails, Keyed):
    """What making a category takes."""

    name: str = strawberry.field(description="What it is called.")


@strawberry.input(description="What is to change of a category; what is left out stays.")
class UpdateServiceCategoryInput(ServiceCategoryDetails, Versioned):
    """Changes of a category."""

    id: relay.GlobalID = strawberry.field(description="The category.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")


@strawberry.input(description="The order of the branches below a category.")
class SortServiceCategoriesInput:
    """All siblings, in their order."""

    parent_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The category; null for the roots of the tree."
    )
    ids: list[relay.GlobalID] = strawberry.field(description="All of them, the first one first.")


@strawberry.input(description="What is told of a service.")
class ServiceSubcategoryDetails(Translated):
    """The fields that making and changing a service share."""

    description: str | None = strawberry.field(default=UNSET, description="What is done.")
    slug: str | None = strawberry.field(default=UNSET, description=SLUG)
    icon: str | None = strawberry.field(default=UNSET, description="The name of its icon.")
    sort_order: int | None = strawberry.field(
        default=UNSET, description="Its place in its category."
    )
    image: Upload | None = strawberry.field(default=UNSET, description=PICTURE)
    featured: bool | None = strawberry.field(
        default=UNSET, description="Whether it is shown first."
    )
    price_range_min: MoneyInput | None = strawberry.field(
        default=UNSET, description="The least it usually costs, in the platform's currency."
    )
    price_range_max: MoneyInput | None = strawberry.field(
        default=UNSET, description="The most it usually costs, in the platform's currency."
    )
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes it takes."
    )
    complexity_level: Complexity | None = strawberry.field(
        default=UNSET, description="How hard it is."
    )
    required_tools: list[str] | None = strawberry.field(
        default=UNSET, description="Tools it needs."
    )
    required_materials: list[str] | None = strawberry.field(
        default=UNSET, description="Materials it needs."
    )
    safety_requirements: str | None = strawberry.field(
        default=UNSET, description="What to beware of."
    )
    meta_title: str | None = strawberry.field(
        default=UNSET, description="Title for search engines."
    )
    meta_description: str | None = strawberry.field(
        default=UNSET, description="Description for search engines."
    )


@strawberry.input(description="A new service.")
class CreateServiceSubcategoryInput(ServiceSubcategoryDetails, Keyed):
    """What making a service takes."""

    category_id: relay.GlobalID = strawberry.field(description="Its category.")
    name: str = strawberry.field(description="What it is called.")
    base_price: MoneyInput = strawberry.field(
        description="What it costs before addons and travel, in the platform's currency."
    )


@strawberry.input(description="What is to change of a service; what is left out stays.")
class UpdateServiceSubcategoryInput(ServiceSubcategoryDetails, Versioned):
    """Changes of a service."""

    id: relay.GlobalID = strawberry.field(description="The service.")
    category_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="Its category."
    )
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    base_price: MoneyInput | None = strawberry.field(
        default=UNSET,
        description="What it costs before addons and travel, in the platform's currency.",
    )


@strawberry.input(description="The order of the services of a category.")
class SortServiceSubcategoriesInput:
    """All services of a category, in their order."""

    category_id: relay.GlobalID = strawberry.field(description="The category.")
    ids: list[relay.GlobalID] = strawberry.field(description="All of them, the first one first.")


@strawberry.input(description="What is told of an addon.")
class ServiceAddonDetails(Translated):
    """The fields that making and changing an addon share."""

    description: str | None = strawberry.field(default=UNSET, description="What it adds.")
    price_type: AddonPriceType | None = strawberry.field(
        default=UNSET, description="What the price is for."
    )
    image: Upload | None = strawberry.field(default=UNSET, description=PICTURE)
    featured: bool | None = strawberry.field(
        default=UNSET, description="Whether it is shown first."
    )
    duration_addition: int | None = strawberry.field(
        default=UNSET, description="Minutes that it adds."
    )
    min_quantity: int | None = strawberry.field(
        default=UNSET, description="The fewest that can be had."
    )
    max_quantity: int | None = strawberry.field(
        default=UNSET, description="The most that can be had."
    )
    requires_approval: bool | None = strawberry.field(
        default=UNSET, description="Whether the provider must agree first."
    )
    prerequisite_ids: list[relay.GlobalID] | None = strawberry.field(
        default=UNSET, description="Addons of the same service that must be taken as well: all."
    )


@strawberry.input(description="A new addon.")
class CreateServiceAddonInput(ServiceAddonDetails, Keyed):
    """What making an addon takes."""

    subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    name: str = strawberry.field(description="What it is called.")
    price: MoneyInput = strawberry.field(description="What it costs, in the platform's currency.")


@strawberry.input(
    description="What is to change of an addon; what is left out stays, and so does its service."
)
class UpdateServiceAddonInput(ServiceAddonDetails, Versioned):
    """Changes of an addon."""

    id: relay.GlobalID = strawberry.field(description="The addon.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    price: MoneyInput | None = strawberry.field(
        default=UNSET, description="What it costs, in the platform's currency."
    )


@strawberry.input(description="What is told of a package.")
class ServicePackageDetails(Translated):
    """The fields that making and changing a package share."""

    description: str | None = strawberry.field(default=UNSET, description="What it is good for.")
    addon_ids: list[relay.GlobalID] | None = strawberry.field(
        default=UNSET, description="The addons of the same service that it holds: all of them."
    )
    discount_percentage: Decimal | None = strawberry.field(
        default=UNSET, description="What is saved, in percent."
    )
    is_popular: bool | None = strawberry.field(default=UNSET, description="Whether many take it.")
    is_best_value: bool | None = strawberry.field(
        default=UNSET, description="Whether it saves the most."
    )
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes it takes."
    )
    valid_from: date | None = strawberry.field(
        default=UNSET, description="The first day it is sold; null for always."
    )
    valid_until: date | None = strawberry.field(
        default=UNSET, description="The last day it is sold; null for always."
    )


@strawberry.input(description="A new package.")
class CreateServicePackageInput(ServicePackageDetails, Keyed):
    """What making a package takes."""

    subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    name: str = strawberry.field(description="What it is called.")
    package_price: MoneyInput = strawberry.field(
        description="What it costs as a whole, in the platform's currency."
    )


@strawberry.input(
    description="What is to change of a package; what is left out stays, and so does its service."
)
class UpdateServicePackageInput(ServicePackageDetails, Versioned):
    """Changes of a package."""

    id: relay.GlobalID = strawberry.field(description="The package.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    package_price: MoneyInput | None = strawberry.field(
        default=UNSET, description="What it costs as a whole, in the platform's currency."
    )
