"""What queries and mutations of providers take."""

import strawberry
from strawberry import UNSET, relay
from strawberry.scalars import JSON

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.providers.types import PriceType


@strawberry.input(description="A circle on Earth.")
class NearInput:
    """A point and how far from it."""

    latitude: float = strawberry.field(description="Degrees north.")
    longitude: float = strawberry.field(description="Degrees east.")
    radius_km: float = strawberry.field(description="Kilometres, up to 500.")


@strawberry.input(description="What a provider tells of itself.")
class ProviderDetails:
    """The fields that making and changing a profile share."""

    business_description: str | None = strawberry.field(
        default=UNSET, description="What the business does."
    )
    business_license: str | None = strawberry.field(default=UNSET, description="Licence number.")
    years_of_experience: int | None = strawberry.field(default=UNSET, description="Years in trade.")
    service_area_ids: list[relay.GlobalID] | None = strawberry.field(
        default=UNSET, description="Where it works."
    )
    travel_radius: int | None = strawberry.field(
        default=UNSET, description="How far it goes, in kilometres."
    )
    city: str | None = strawberry.field(default=UNSET, description="Where it is based.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    latitude: float | None = strawberry.field(default=UNSET, description="Degrees north.")
    longitude: float | None = strawberry.field(default=UNSET, description="Degrees east.")
    time_zone: str | None = strawberry.field(
        default=UNSET, description="The zone of its hours, such as Africa/Lagos."
    )


@strawberry.input(description="A new provider profile.")
class CreateProviderProfileInput(ProviderDetails, Keyed):
    """What opening a business takes."""

    business_name: str = strawberry.field(description="What the business is called.")
    currency: str = strawberry.field(description="The currency that it charges in, ISO 4217.")


@strawberry.input(description="What is to change of one's profile; what is left out stays.")
class UpdateProviderProfileInput(ProviderDetails, Versioned):
    """Changes of a profile."""

    business_name: str | None = strawberry.field(default=UNSET, description="Its name.")


@strawberry.input(description="Whether and when one's business takes work.")
class SetProviderAvailabilityInput(Versioned):
    """Availability."""

    is_available: bool = strawberry.field(description="Whether it takes work now.")
    schedule: JSON | None = strawberry.field(
        default=None, description='Opening hours by weekday: {"mon": [["08:00", "17:00"]]}.'
    )
    time_zone: str | None = strawberry.field(
        default=None, description="The zone of these hours, such as Africa/Lagos."
    )


@strawberry.input(description="An addon that is offered with a service.")
class OfferedAddonInput:
    """An addon and what it costs."""

    addon_id: relay.GlobalID = strawberry.field(description="The addon.")
    price: MoneyInput | None = strawberry.field(
        default=None, description="What one costs; what the catalog says, where it is left out."
    )


@strawberry.input(description="A service to offer.")
class AddProviderServiceInput(Keyed):
    """A new offer."""

    subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    base_price: MoneyInput = strawberry.field(description="What it costs.")
    description: str | None = strawberry.field(default=UNSET, description="How it is done.")
    price_type: PriceType | None = strawberry.field(
        default=UNSET, description="What the price is for."
    )
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes, up to 43,200."
    )
    addons: list[OfferedAddonInput] | None = strawberry.field(
        default=UNSET, description="What can be added."
    )


@strawberry.input(description="What is to change of an offered service; what is left out stays.")
class UpdateProviderServiceInput(Versioned):
    """Changes of an offer."""

    id: relay.GlobalID = strawberry.field(description="The offered service.")
    base_price: MoneyInput | None = strawberry.field(default=UNSET, description="What it costs.")
    description: str | None = strawberry.field(default=UNSET, description="How it is done.")
    price_type: PriceType | None = strawberry.field(
        default=UNSET, description="What the price is for."
    )
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes, up to 43,200."
    )
    addons: list[OfferedAddonInput] | None = strawberry.field(
        default=UNSET, description="What can be added, in place of what could."
    )
    is_available: bool | None = strawberry.field(
        default=UNSET, description="Whether it can be had now."
    )


@strawberry.input(description="An offered service.")
class ProviderServiceInput:
    """Names an offer."""

    id: relay.GlobalID = strawberry.field(description="The offered service.")


@strawberry.input(description="A provider.")
class ProviderInput:
    """Names a provider."""

    provider_id: relay.GlobalID = strawberry.field(description="The provider.")
