"""What mutations of languages and areas take."""

from decimal import Decimal

import strawberry
from strawberry import UNSET, relay

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.catalog.inputs.shared import Translated


@strawberry.input(description="What is told of a language.")
class LanguageDetails:
    """The fields that making and changing a language share."""

    is_active: bool | None = strawberry.field(default=UNSET, description="Whether it is offered.")
    is_default: bool | None = strawberry.field(
        default=UNSET,
        description="Whether it stands in for others: true takes that from the one before.",
    )
    flag_icon: str | None = strawberry.field(default=UNSET, description="A flag, as an emoji.")
    rtl_support: bool | None = strawberry.field(
        default=UNSET, description="Whether it is read right to left."
    )
    locale_code: str | None = strawberry.field(default=UNSET, description="Its locale, as en_ZA.")
    currency_code: str | None = strawberry.field(
        default=UNSET, description="The currency that goes with it."
    )


@strawberry.input(description="A new language.")
class CreateLanguageInput(LanguageDetails, Keyed):
    """What making a language takes."""

    code: str = strawberry.field(description="Its IETF tag, such as fr, pt-BR or zh-Hant.")
    name: str = strawberry.field(description="Its English name.")
    native_name: str = strawberry.field(description="Its own name for itself.")


@strawberry.input(
    description="What is to change of a language; what is left out stays, and so does its code."
)
class UpdateLanguageInput(LanguageDetails, Versioned):
    """Changes of a language."""

    id: relay.GlobalID = strawberry.field(description="The language.")
    name: str | None = strawberry.field(default=UNSET, description="Its English name.")
    native_name: str | None = strawberry.field(
        default=UNSET, description="Its own name for itself."
    )


@strawberry.input(description="What is told of an area.")
class ServiceAreaDetails(Translated):
    """The fields that making and changing an area share."""

    state: str | None = strawberry.field(default=UNSET, description="Province or region.")
    radius_km: int | None = strawberry.field(
        default=UNSET, description="How far it reaches from its centre: 1 to 500 kilometres."
    )
    postal_codes: list[str] | None = strawberry.field(
        default=UNSET, description="Its postal codes: all of them."
    )
    is_active: bool | None = strawberry.field(
        default=UNSET, description="Whether services are offered there."
    )
    service_category_ids: list[relay.GlobalID] | None = strawberry.field(
        default=UNSET, description="The categories that are offered there: all of them."
    )
    time_zone: str | None = strawberry.field(
        default=UNSET, description="The zone of its clocks, such as Africa/Lagos."
    )
    base_price_multiplier: Decimal | None = strawberry.field(
        default=UNSET,
        description="What base prices are multiplied by there, the exchange rate included.",
    )
    travel_fee: MoneyInput | None = strawberry.field(
        default=UNSET, description="What going there costs, in the area's currency."
    )


@strawberry.input(description="A new area.")
class CreateServiceAreaInput(ServiceAreaDetails, Keyed):
    """What making an area takes."""

    name: str = strawberry.field(description="What it is called.")
    city: str = strawberry.field(description="The city.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code.")
    latitude: float = strawberry.field(description="Degrees north of its centre.")
    longitude: float = strawberry.field(description="Degrees east of its centre.")
    currency: str = strawberry.field(description="The currency used there, by its ISO 4217 code.")


@strawberry.input(description="What is to change of an area; what is left out stays.")
class UpdateServiceAreaInput(ServiceAreaDetails, Versioned):
    """Changes of an area."""

    id: relay.GlobalID = strawberry.field(description="The area.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    city: str | None = strawberry.field(default=UNSET, description="The city.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    latitude: float | None = strawberry.field(
        default=UNSET, description="Degrees north of its centre."
    )
    longitude: float | None = strawberry.field(
        default=UNSET, description="Degrees east of its centre."
    )
    currency: str | None = strawberry.field(
        default=UNSET,
        description="The currency used there; with another one, give the travel fee in it too.",
    )
