"""The providers' part of the demo data: businesses, what they offer, and for how much."""

from dataclasses import dataclass, field
from datetime import timedelta
from math import cos, hypot, radians
from typing import Any

from apps.accounts.demo import People, Person
from apps.catalog.demo import Catalog, local_price
from apps.catalog.models import ServiceAddon, ServiceArea, ServiceCategory, ServiceSubcategory
from apps.organizations.demo import Founding, Tenant, plan_tenant
from apps.organizations.models import Role
from apps.providers.demo import papers
from apps.providers.models import (
    ProviderAddonPrice,
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
    ServiceProviderService,
)
from kernel.demo import Dice, links, read

VERIFIED = 0.85
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat")
PriceType = ServiceProviderService.PriceType


@dataclass
class Business:
    """A provider with all that hangs on one."""

    person: Person
    tenant: Tenant
    profile: ServiceProviderProfile
    #: How often clients take this one.
    appeal: float
    services: list[ServiceProviderService] = field(default_factory=list)
    addons: list[tuple[ServiceProviderService, ServiceAddon]] = field(default_factory=list)
    areas: list[ServiceArea] = field(default_factory=list)
    documents: list[ProviderDocument] = field(default_factory=list)
    exceptions: list[ProviderHoursException] = field(default_factory=list)
    time_off: list[ProviderTimeOff] = field(default_factory=list)
    prices: list[ProviderAddonPrice] = field(default_factory=list)

    @property
    def roots(self) -> list[ServiceCategory]:
        """The categories of what it offers, which ask for what their trades do."""
        return [offered.subcategory.category for offered in self.services]

    @property
    def keys(self) -> list[Any]:
        """The keys of the services and trades that it offers."""
        services = [offered.subcategory for offered in self.services]
        return [*{s.category.parent_id for s in services}, *(s.pk for s in services)]


@dataclass(frozen=True)
class Businesses:
    """All providers."""

    ada: Business
    everyone: list[Business]

    def offering(self, city: str) -> dict[Any, list[Business]]:
        """The verified providers of a city by the keys of the services and trades they offer."""
        found: dict[Any, list[Business]] = {}
        for business in self.everyone:
            if business.profile.city == city and business.profile.is_verified_provider:
                for key in business.keys:
                    found.setdefault(key, []).append(business)
        return found

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            *Tenant.rows([business.tenant for business in self.everyone]),
            [business.profile for business in self.everyone],
            [offered for business in self.everyone for offered in business.services],
            links(
                ServiceProviderProfile.service_areas.through,
                "serviceproviderprofile_id",
                "servicearea_id",
                [(b.profile.pk, area.pk) for b in self.everyone for area in b.areas],
            ),
            links(
                ServiceProviderService.available_addons.through,
                "serviceproviderservice_id",
                "serviceaddon_id",
                [(o.pk, addon.pk) for b in self.everyone for o, addon in b.addons],
            ),
            [price for business in self.everyone for price in business.prices],
            [document for business in self.everyone for document in business.documents],
            [day for business in self.everyone for day in business.exceptions],
            [away for business in self.everyone for away in business.time_off],
        ]


def plan(seed: int, catalog: Catalog, people: People, owner: Role) -> Businesses:
    """Make all providers."""
    maker = Maker(seed, catalog, owner)
    cast = people.cast
    ada = maker.business(cast.ada, ["plumbing", "electrical"], "Ada Fixes It")
    wanjiru = maker.business(cast.wanjiru, ["electrical"], "Wanjiru Light & Power")
    for known in (ada, wanjiru):
        known.profile.is_verified_provider = known.profile.is_available = True
        known.appeal = 2.0
    others = [maker.business(person) for person in people.providers[2:]]
    everyone = [ada, wanjiru, *others]
    _add_papers(Dice(seed, "papers"), everyone)
    return Businesses(ada, everyone)


def _add_papers(dice: Dice, everyone: list[Business]) -> None:
    """Give all businesses what they showed and when they are away, and prices to some addons."""
    for business in everyone:
        profile = business.profile
        business.documents = papers.documents(dice, profile, business.roots)
        business.exceptions = papers.exceptions(dice, profile)
        business.time_off = papers.time_off(dice, profile)
        business.prices = [
            _own_price(dice, business, offered, addon)
            for offered, addon in business.addons
            if dice.chance(0.25)
        ]


def _own_price(
    dice: Dice, business: Business, offered: ServiceProviderService, addon: ServiceAddon
) -> ProviderAddonPrice:
    city = business.person.city
    return ProviderAddonPrice(
        id=dice.key(),
        service=offered,
        addon=addon,
        currency=offered.currency,
        price=local_price(addon.price, business.person.area, city.step, dice.uniform(0.8, 1.3)),
        created_at=offered.created_at,
        updated_at=offered.created_at,
    )


class Maker:
    """Makes businesses."""

    def __init__(self, seed: int, catalog: Catalog, owner: Role) -> None:
        self.dice = Dice(seed, "businesses")
        self.catalog = catalog
        self.owner = owner
        self.texts = read(__file__, "texts.json")
        self.names: set[str] = set()

    def business(
        self, person: Person, trades: list[str] | None = None, name: str | None = None
    ) -> Business:
        """Make the business of a person, in one or two trades."""
        chosen = self._trades() if trades is None else trades
        name = name or self._name(person, chosen[0])
        roots = [trade for trade in self.catalog.trades if trade.slug in chosen]
        tenant = plan_tenant(self.dice, _founding(person, name), self.owner)
        profile = self._profile(person, tenant, name, roots)
        business = Business(person, tenant, profile, appeal=self.dice.paretovariate(1.6))
        # The cast offers all that its trades hold, so that there is much to try.
        for service in self._choice(roots, everything=trades is not None):
            self._offer(business, service)
        business.areas = [
            area
            for area in person.city.areas
            if area is person.area or _distance(profile, area) < min(profile.travel_radius, 12)
        ]
        return business

    def _trades(self) -> list[str]:
        shares = {slug: trade["share"] for slug, trade in self.texts["trades"].items()}
        first = self.dice.choices([*shares], [*shares.values()])[0]
        related = self.texts["trades"][first]["goes_with"]
        return [first, self.dice.choice(related)] if related and self.dice.chance(0.35) else [first]

    def _choice(
        self, roots: list[ServiceCategory], *, everything: bool
    ) -> list[ServiceSubcategory]:
        services = [service for root in roots for service in self.catalog.services_of(root)]
        if everything:
            return services
        return self.dice.some(services, self.dice.randint(4, 9))

    def _name(self, person: Person, trade: str) -> str:
        """A name that nobody has yet: the family's, or the place's."""
        texts, city = self.texts, person.city.name
        words = texts["trades"][trade]
        for _ in range(20):
            local = self.dice.choice(texts["local"][city])
            if city == "Bishkek":
                name = f"{self.dice.choice(words['ru'])} «{local}»"
            elif self.dice.chance(0.5):
                name = f"{local} {self.dice.choice(words['en'])}"
            else:
                family = self.dice.choice(texts["family"][city])
                name = f"{person.user.last_name} {family} {self.dice.choice(words['en'])}"
            if name not in self.names:
                break
        else:
            name = f"{self.dice.choice(words['en'])} {person.user.name}"
        self.names.add(name)
        return name

    def _profile(
        self, person: Person, tenant: Tenant, name: str, roots: list[ServiceCategory]
    ) -> ServiceProviderProfile:
        dice, since = self.dice, person.user.created_at + timedelta(hours=2)
        verified = dice.chance(VERIFIED)
        about = self.texts["about_ru" if person.language == "ru" else "about"]
        licensed = any(root.requires_license for root in roots)
        number = f"{person.city.country}-{dice.randint(10_000, 99_999)}"
        return ServiceProviderProfile(
            id=dice.key(),
            user_profile=person.profile,
            organization=tenant.organization,
            business_name=name,
            business_description=dice.choice(about),
            business_license=number if verified and licensed else "",
            years_of_experience=dice.randint(1, 25),
            travel_radius=dice.choice((10, 15, 20, 25, 30, 40)),
            city=person.city.name,
            country=person.city.country,
            latitude=person.profile.latitude,
            longitude=person.profile.longitude,
            currency=person.city.currency,
            time_zone=person.city.zone,
            is_available=dice.chance(0.88),
            availability_schedule=self._hours(),
            is_verified_provider=verified,
            created_at=since,
            updated_at=since,
        )

    def _hours(self) -> dict[str, list[list[str]]]:
        opens = self.dice.choice(("07:00", "07:30", "08:00", "09:00"))
        closes = self.dice.choice(("16:30", "17:00", "18:00", "19:00"))
        hours = {day: [[opens, closes]] for day in WEEKDAYS[: self.dice.choice((5, 5, 6))]}
        if self.dice.chance(0.3):
            hours["sat"] = [[opens, "13:00"]]
        return hours

    def _offer(self, business: Business, service: ServiceSubcategory) -> None:
        dice, profile = self.dice, business.profile
        price_type = dice.choices([*PriceType], [70, 10, 20])[0]
        hours = service.estimated_duration / 60 if price_type == PriceType.HOURLY else 1
        price = local_price(
            service.base_price,
            business.person.area,
            business.person.city.step,
            dice.uniform(0.85, 1.25) / hours,
        )
        offered = ServiceProviderService(
            id=dice.key(),
            provider=profile,
            subcategory=service,
            description=dice.choice(self.texts["how"]),
            currency=profile.currency,
            base_price=price,
            price_type=price_type,
            is_available=dice.chance(0.94),
            estimated_duration=max(
                round(service.estimated_duration * dice.uniform(0.8, 1.2), -1), 20
            ),
            created_at=profile.created_at,
            updated_at=profile.created_at,
        )
        business.services.append(offered)
        wanted = [addon for addon in self.catalog.addons_of(service) if dice.chance(0.75)]
        # What an addon needs is offered with it.
        complete = {a.pk: a for one in wanted for a in (one, *self.catalog.needed_by(one))}
        business.addons += [(offered, addon) for addon in complete.values()]


def _founding(person: Person, name: str) -> Founding:
    return Founding(
        name=name,
        email=person.user.email,
        owner_id=person.user.pk,
        since=person.user.created_at + timedelta(hours=1),
        currency=person.city.currency,
        zone=person.city.zone,
    )


def _distance(profile: ServiceProviderProfile, area: ServiceArea) -> float:
    """Kilometres between a provider and an area, near enough within a city."""
    assert profile.latitude is not None and profile.longitude is not None
    north = (profile.latitude - area.latitude) * 111.2
    east = (profile.longitude - area.longitude) * 111.2 * cos(radians(area.latitude))
    return hypot(north, east)
