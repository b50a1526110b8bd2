"""What a service costs, before anything is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry import relay

from apps.catalog import access, lines, models
from apps.catalog import errors as refusals
from apps.catalog.pricing import ChosenAddon, Wish
from apps.catalog.quotes import quote
from apps.catalog.urgency import Urgency as UrgencyChoices
from kernel import clock
from kernel.money import Money as MoneyValue
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.ids import key
from schema.base.pagination import query
from schema.base.tariff import ListSizeDirective
from schema.base.types import Money, choices

Urgency = choices(
    UrgencyChoices,
    "OrderUrgency",
    "How soon an order is needed.",
    LOW="Whenever it suits.",
    MEDIUM="Soon.",
    HIGH="Within days.",
    URGENT="Today.",
)
PriceLineKind = choices(
    lines.LineKind,
    "PriceLineKind",
    "What a line of a price stands for.",
    BASE="The service itself.",
    PACKAGE="A package of the service, instead of its base and of what the package holds.",
    ADDON="An addon.",
    URGENCY="What it costs more because it is needed soon.",
    DISCOUNT="What a package saves, below zero.",
    TRAVEL_FEE="What going to the area costs.",
)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line of a price as an order keeps it."""

    kind: lines.LineKind
    name: str
    quantity: int
    unit_price: MoneyValue
    amount: MoneyValue


@strawberry.type(description="A line of a price.")
class PriceLine:
    """How lines look to clients; the values are those of ``apps.catalog.lines``."""

    kind: lines.LineKind = strawberry.field(description="What it stands for.")
    name: str = strawberry.field(
        description="The entry of the catalog, in the platform's language, or the urgency."
    )
    quantity: int = strawberry.field(description="How many.")
    unit_price: Money = strawberry.field(description="What one costs.")
    amount: Money = strawberry.field(description="Unit price times quantity.")


def kept_lines(rows: Sequence[dict[str, Any]], currency: str) -> list[KeptLine]:
    """The lines of a price as they were kept, in minor units of a currency."""
    return [
        KeptLine(
            lines.LineKind(row["kind"]),
            row["name"],
            row["quantity"],
            MoneyValue(row["unit_price"], currency),
            MoneyValue(row["amount"], currency),
        )
        for row in rows
    ]


@strawberry.type(description="What a service costs, line by line, in the area's currency.")
class ServiceQuote:
    """How quotes look to clients; the values are those of ``apps.catalog.lines``."""

    currency: str = strawberry.field(description="ISO 4217 code of all its amounts.")
    lines: list[PriceLine] = strawberry.field(
        description="What adds up to the total, exactly.",
        directives=[ListSizeDirective(assumed_size=50)],
    )
    urgency: UrgencyChoices = strawberry.field(
        description="The urgency asked for, or the one that follows from `serviceAt`."
    )
    multiplier: Decimal = strawberry.field(
        description="What list prices were multiplied by for the area."
    )
    subtotal: Money = strawberry.field(description="Base or package, addons and urgency.")
    discount: Money = strawberry.field(description="What a package saves, above zero.")
    travel_fee: Money = strawberry.field(description="What going there costs.")
    total: Money = strawberry.field(description="Subtotal less discount, plus travel fee.")
    commission: Money = strawberry.field(
        description="What of the total the platform keeps; of the travel fee, nothing."
    )
    provider_share: Money = strawberry.field(description="What of the total is the provider's.")
    estimated_duration: int = strawberry.field(description="Minutes that it takes.")


@strawberry.input(description="An addon and how many of it.")
class OrderAddonInput:
    """A chosen addon."""

    addon_id: relay.GlobalID = strawberry.field(description="The addon.")
    quantity: int = strawberry.field(default=1, description="How many.")


def chosen_addons(viewer: Viewer, given: Sequence[OrderAddonInput]) -> list[ChosenAddon]:
    """The addons of an input, read by one statement; raises NotFound."""
    keys = [key(each.addon_id, of=models.ServiceAddon) for each in given]
    found = {row.pk: row for row in access.catalog_entries(viewer, models.ServiceAddon, keys)}
    return [ChosenAddon(found[pk], each.quantity) for pk, each in zip(keys, given, strict=True)]


def entry(viewer: Viewer, model: Any, id: relay.GlobalID | None) -> Any:
    """The entry of the catalog of an id, None for none; raises NotFound."""
    return None if id is None else access.catalog_entry(viewer, model, key(id, of=model))


Ids = Annotated[
    list[relay.GlobalID] | None, strawberry.argument(description="Addons, one of each.")
]
Addons = Annotated[
    list[OrderAddonInput] | None,
    strawberry.argument(description="Further addons, as many as is said of each."),
]
Service = Annotated[relay.GlobalID, strawberry.argument(description="The service.")]
Area = Annotated[
    relay.GlobalID | None,
    strawberry.argument(description="Where; list prices of the platform without one."),
]
Package = Annotated[
    relay.GlobalID | None,
    strawberry.argument(
        description="A package of the service: it replaces the base and one of each addon in it."
    ),
]
ServiceAt = Annotated[
    datetime | None, strawberry.argument(description="When it is wanted, in the future.")
]
HowSoon = Annotated[
    UrgencyChoices | None,
    strawberry.argument(
        description="How soon it is needed. Without it: URGENT within 24 hours of now, HIGH within"
        " 72, else MEDIUM."
    ),
]


@strawberry.type
class QuotesQuery:
    """Root fields of prices."""

    @query(gate=Anyone, description="What a service costs, line by line, before it is ordered.")
    def quote_service(
        self,
        info: Info,
        subcategory_id: Service,
        addon_ids: Ids = None,
        area_id: Area = None,
        service_at: ServiceAt = None,
        addons: Addons = None,
        package_id: Package = None,
        urgency: HowSoon = None,
    ) -> ServiceQuote:
        """The price by the catalog."""
        viewer, now = info.context.viewer, clock.now()
        if service_at is not None and service_at <= now:
            raise refusals.ServiceDatePast
        singles = [OrderAddonInput(addon_id=each) for each in addon_ids or ()]
        wish = Wish(
            subcategory=entry(viewer, models.ServiceSubcategory, subcategory_id),
            addons=chosen_addons(viewer, [*singles, *(addons or ())]),
            package=entry(viewer, models.ServicePackage, package_id),
            area=entry(viewer, models.ServiceArea, area_id),
            service_at=service_at,
            urgency=urgency,
        )
        return quote(wish, now=now)
