"""The catalog's part of the demo data: four cities, and what can be booked there."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import slugify

from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)
from kernel.demo import Dice, links, read
from kernel.money import Money

#: What the level of work does to the share that a price may vary by.
SPREAD = {"EASY": 0.25, "MEDIUM": 0.35, "HARD": 0.5, "EXPERT": 0.6}


@dataclass(frozen=True)
class City:
    """A city, its areas, and how people there live, speak and pay."""

    name: str
    country: str
    state: str
    currency: str
    step: int
    zone: str
    phone: str
    share: int
    languages: dict[str, int]
    streets: list[str]
    areas: list[ServiceArea]


@dataclass
class Catalog:
    """All rows of the catalog."""

    languages: list[Language] = field(default_factory=list)
    cities: list[City] = field(default_factory=list)
    categories: list[ServiceCategory] = field(default_factory=list)
    services: list[ServiceSubcategory] = field(default_factory=list)
    addons: list[ServiceAddon] = field(default_factory=list)
    packages: list[ServicePackage] = field(default_factory=list)
    needs: list[tuple[ServiceAddon, ServiceAddon]] = field(default_factory=list)
    packed: list[tuple[ServicePackage, ServiceAddon]] = field(default_factory=list)
    offered: list[tuple[ServiceArea, ServiceCategory]] = field(default_factory=list)

    @property
    def trades(self) -> list[ServiceCategory]:
        """The roots of the tree."""
        return [category for category in self.categories if category.parent_id is None]

    def services_of(self, trade: ServiceCategory) -> list[ServiceSubcategory]:
        """The services below a root."""
        return [s for s in self.services if s.category.parent_id == trade.pk]

    def service(self, slug: str) -> ServiceSubcategory:
        """The service of a slug."""
        return next(s for s in self.services if s.slug == slug)

    def addons_of(self, service: ServiceSubcategory) -> list[ServiceAddon]:
        """The addons of a service."""
        return [addon for addon in self.addons if addon.subcategory_id == service.pk]

    def needed_by(self, addon: ServiceAddon) -> list[ServiceAddon]:
        """The addons that must be taken with one."""
        return [needed for one, needed in self.needs if one is addon]

    def city_of(self, area: ServiceArea) -> City:
        """The city that an area belongs to."""
        return next(city for city in self.cities if city.name == area.city)

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            self.languages,
            self.categories,
            self.services,
            self.addons,
            self.packages,
            [area for city in self.cities for area in city.areas],
            _links(ServiceAddon.prerequisites, "from_serviceaddon", "to_serviceaddon", self.needs),
            _links(ServicePackage.addons, "servicepackage", "serviceaddon", self.packed),
            _links(ServiceArea.service_categories, "servicearea", "servicecategory", self.offered),
        ]


def plan(seed: int) -> Catalog:
    """Make all rows of the catalog."""
    dice = Dice(seed, "catalog")
    catalog = Catalog()
    places = read(__file__, "demo_places.json")
    catalog.languages = [Language(id=dice.key(), **language) for language in places["languages"]]
    catalog.cities = [_city(dice, entry) for entry in places["cities"]]
    for number, trade in enumerate(read(__file__, "demo_services.json")):
        _plan_trade(dice, catalog, trade, number)
    _plan_offers(dice, catalog)
    _translate(catalog)
    return catalog


def local_price(price: Money, area: ServiceArea, step: int, factor: float = 1.0) -> Money:
    """A price of the catalog as it is asked in an area, rounded to what people there would say."""
    amount = price.amount * area.base_price_multiplier * Decimal(str(factor))
    return Money.parse(max(round(amount / step), 1) * step, area.currency)


def _city(dice: Dice, entry: dict[str, Any]) -> City:
    copied = ("name", "country", "state", "currency", "step", "zone", "phone", "share")
    return City(
        **{name: entry[name] for name in copied},
        languages=entry["languages"],
        streets=entry["streets"],
        areas=[_area(dice, entry, *area) for area in entry["areas"]],
    )


def _area(
    dice: Dice, city: dict[str, Any], name: str, lat: float, lon: float, codes: Any, level: float
) -> ServiceArea:
    local = Decimal(city["rate"]) * Decimal(city["level"]) * Decimal(str(level))
    area = ServiceArea(
        id=dice.key(),
        name=name,
        city=city["name"],
        state=city["state"],
        country=city["country"],
        latitude=lat,
        longitude=lon,
        radius_km=city["radius_km"],
        time_zone=city["zone"],
        postal_codes=codes,
        currency=city["currency"],
        base_price_multiplier=local.quantize(Decimal("0.0001")),
    )
    fee = round(city["travel_fee"] * level / city["step"]) * city["step"]
    area.travel_fee = Money.parse(fee, city["currency"])
    return area


def _plan_trade(dice: Dice, catalog: Catalog, entry: dict[str, Any], number: int) -> None:
    requires = entry.get("requires", ())
    root = ServiceCategory(
        id=dice.key(),
        name=entry["name"],
        slug=slugify(entry["name"]),
        description=entry["about"],
        icon=entry["icon"],
        color=entry["color"],
        sort_order=number,
        featured=entry.get("featured", False),
        commission_rate=Decimal(entry["commission"]),
        meta_title=f"{entry['name']} near you",
        meta_description=entry["about"],
        keywords=entry["keywords"],
        requires_license="license" in requires,
        requires_insurance="insurance" in requires,
        requires_background_check="background" in requires,
    )
    catalog.categories.append(root)
    for place, child in enumerate(entry["children"]):
        branch = _branch(dice, root, child["name"], place)
        catalog.categories.append(branch)
        services = [
            _plan_service(dice, catalog, branch, service, place)
            for place, service in enumerate(child["services"])
        ]
        _sum_up(branch, services)
    _sum_up(root, catalog.services_of(root))


def _branch(dice: Dice, root: ServiceCategory, name: str, place: int) -> ServiceCategory:
    return ServiceCategory(
        id=dice.key(),
        parent=root,
        name=name,
        slug=slugify(f"{root.name} {name}"),
        icon=root.icon,
        color=root.color,
        sort_order=place,
        commission_rate=root.commission_rate,
        requires_license=root.requires_license,
        requires_insurance=root.requires_insurance,
        requires_background_check=root.requires_background_check,
    )


def _sum_up(category: ServiceCategory, services: list[ServiceSubcategory]) -> None:
    """Say what work in a category costs and how long it takes."""
    category.min_price = min(service.price_range_min for service in services)
    category.max_price = max(service.price_range_max for service in services)
    category.estimated_duration_min = min(service.estimated_duration for service in services)
    category.estimated_duration_max = max(service.estimated_duration for service in services)


def _plan_service(
    dice: Dice, catalog: Catalog, category: ServiceCategory, entry: dict[str, Any], place: int
) -> ServiceSubcategory:
    spread = SPREAD[entry["level"]]
    service = ServiceSubcategory(
        id=dice.key(),
        category=category,
        name=entry["name"],
        slug=slugify(entry["name"]),
        description=entry["about"],
        icon=category.icon,
        sort_order=place,
        featured=entry.get("featured", False),
        base_price=_dollars(entry["price"]),
        price_range_min=_dollars(round(entry["price"] * (1 - spread / 2))),
        price_range_max=_dollars(round(entry["price"] * (1 + spread * 2))),
        estimated_duration=entry["minutes"],
        complexity_level=entry["level"],
        required_tools=entry.get("tools", []),
        required_materials=entry.get("materials", []),
        safety_requirements=entry.get("safety", ""),
        meta_title=entry["name"],
        meta_description=entry["about"],
    )
    catalog.services.append(service)
    by_name = {addon["name"]: _addon(dice, service, addon) for addon in entry.get("addons", ())}
    catalog.addons += by_name.values()
    for addon in entry.get("addons", ()):
        catalog.needs += [
            (by_name[addon["name"]], by_name[needed]) for needed in addon.get("needs", ())
        ]
    for package in entry.get("packages", ()):
        held = [by_name[name] for name in package["addons"]]
        row = _package(dice, service, package, held)
        catalog.packages.append(row)
        catalog.packed += [(row, addon) for addon in held]
    return service


def _addon(dice: Dice, service: ServiceSubcategory, entry: dict[str, Any]) -> ServiceAddon:
    return ServiceAddon(
        id=dice.key(),
        subcategory=service,
        name=entry["name"],
        description=entry.get("about", ""),
        price=_dollars(entry["price"]),
        price_type=entry.get("type", ServiceAddon.PriceType.FIXED),
        duration_addition=entry.get("minutes", 0),
        max_quantity=entry.get("max", 1),
        requires_approval=entry.get("approval", False),
    )


def _package(
    dice: Dice, service: ServiceSubcategory, entry: dict[str, Any], held: list[ServiceAddon]
) -> ServicePackage:
    apart = sum((addon.price for addon in held), start=service.base_price)
    return ServicePackage(
        id=dice.key(),
        subcategory=service,
        name=entry["name"],
        description=f"{service.name} with {' and '.join(a.name.lower() for a in held)}.",
        package_price=apart,
        discount_percentage=entry["saves"],
        is_popular=entry.get("popular", False),
        is_best_value=entry.get("best", False),
        estimated_duration=service.estimated_duration + sum(a.duration_addition for a in held),
    )


def _plan_offers(dice: Dice, catalog: Catalog) -> None:
    """Have nearly everything offered everywhere."""
    for city in catalog.cities:
        for area in city.areas:
            catalog.offered += [(area, trade) for trade in catalog.trades if dice.chance(0.95)]


def _translate(catalog: Catalog) -> None:
    """Have what is offered, and where, called by its names in other languages."""
    texts = read(__file__, "demo_translations.json")
    entries: list[Any] = [*catalog.categories, *catalog.services]
    for entry in entries:
        entry.translations = {
            language: _texts(*words) for language, words in texts["services"][entry.name].items()
        }
    for trade in catalog.trades:
        for language, title in texts["trade_title"].items():
            trade.translations[language]["meta_title"] = (
                title % trade.translations[language]["name"]
            )
    for area in (area for city in catalog.cities for area in city.areas):
        for column in ("name", "city"):
            for language, name in texts["places"].get(getattr(area, column), {}).items():
                area.translations.setdefault(language, {})[column] = name


def _texts(name: str, about: str = "") -> dict[str, str]:
    """The texts of a category or a service in a language; branches have a name alone."""
    if not about:
        return {"name": name}
    return {"name": name, "description": about, "meta_title": name, "meta_description": about}


def _dollars(amount: int) -> Money:
    return Money.parse(amount, "USD")


def _links(relation: Any, near: str, far: str, pairs: list[tuple[Any, Any]]) -> list[models.Model]:
    return links(relation.through, near, far, pairs)
