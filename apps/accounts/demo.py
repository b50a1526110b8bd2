"""The users' part of the demo data. Only the standing cast has passwords."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from apps.accounts.models import ClientProfile, User, UserProfile
from apps.catalog.demo import Catalog, City
from apps.catalog.models import ServiceArea
from kernel.demo import Dice, links, read


class DemoAccount(TypedDict):
    """Who can sign in, and how."""

    label: str
    email: str
    password: str


DEMO_ACCOUNTS: list[DemoAccount] = [
    {"label": "Ben, a client", "email": "ben@fundi.example", "password": "ben-needs-a-plumber"},
    {
        "label": "Ada, a provider in Cape Town",
        "email": "ada@fundi.example",
        "password": "ada-fixes-anything",
    },
    {
        "label": "Wanjiru, a provider in Nairobi",
        "email": "wanjiru@fundi.example",
        "password": "wanjiru-wires-houses",
    },
    {
        "label": "Dora, an administrator",
        "email": "dora@fundi.example",
        "password": "dora-keeps-the-keys",
    },
]

PROVIDERS, CLIENTS = 200, 300


@dataclass(frozen=True)
class Person:
    """A user with all that hangs on one, and where they live."""

    user: User
    profile: UserProfile
    client: ClientProfile
    city: City
    area: ServiceArea

    @property
    def language(self) -> str:
        """The code of the language that they write in."""
        language = self.profile.preferred_language
        return language.code if language else "en"


@dataclass(frozen=True)
class Cast:
    """The standing cast."""

    ben: Person
    ada: Person
    wanjiru: Person
    dora: Person


@dataclass(frozen=True)
class People:
    """All users: the cast, and those who offer and ask for work, the cast's own among them."""

    cast: Cast
    providers: list[Person]
    clients: list[Person]

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        everyone = [self.cast.dora, *self.providers, *self.clients]
        return [
            [person.user for person in everyone],
            [person.profile for person in everyone],
            [person.client for person in everyone],
            links(
                ClientProfile.preferred_service_areas.through,
                "clientprofile_id",
                "servicearea_id",
                [(person.client.pk, person.area.pk) for person in self.clients],
            ),
        ]


def plan(seed: int, catalog: Catalog, now: datetime, scale: int = 1) -> People:
    """Make all users; ``scale`` times as many as usual."""
    cast = _plan_cast(Maker(Dice(seed, "cast"), catalog, now))
    providers = Maker(Dice(seed, "providers"), catalog, now)
    clients = Maker(Dice(seed, "clients"), catalog, now)
    provider, client = User.Type.PROVIDER, User.Type.CLIENT
    return People(
        cast,
        [
            cast.ada,
            cast.wanjiru,
            *(providers.anyone(provider) for _ in range(PROVIDERS * scale - 2)),
        ],
        [cast.ben, *(clients.anyone(client) for _ in range(CLIENTS * scale - 1))],
    )


def favorites(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Rows that have clients keep providers in mind, from pairs of their keys."""
    through = ClientProfile.favorite_providers.through
    return links(through, "clientprofile_id", "serviceproviderprofile_id", pairs)


class Maker:
    """Makes people of one kind."""

    def __init__(self, dice: Dice, catalog: Catalog, now: datetime) -> None:
        self.dice = dice
        self.catalog = catalog
        self.now = now
        self.names = read(__file__, "demo_names.json")
        self.letters = str.maketrans(self.names["latin"])
        self.emails: set[str] = set()
        self.made = 0

    def anyone(self, user_type: User.Type) -> Person:
        """Somebody whose name fits where they live."""
        cities = self.catalog.cities
        city = self.dice.choices(cities, [city.share for city in cities])[0]
        group = self.dice.choice(self.names[city.name])
        gender = self.dice.choice((UserProfile.Gender.FEMALE, UserProfile.Gender.MALE))
        first = self.dice.choice(group[gender.lower()])
        last = self.dice.choice(group["last"])
        if gender == UserProfile.Gender.FEMALE:
            last += group.get("suffix", "")
        email = self._email(first, last, user_type)
        user = self._user(email=email, first_name=first, last_name=last, user_type=user_type)
        user.password = make_password(None)
        language = self.dice.choices([*city.languages], [*city.languages.values()])[0]
        return self._person(user, (city, self.dice.choice(city.areas)), language, gender)

    def somebody(self, number: int, name: str, place: tuple[str, str], **fields: Any) -> Person:
        """One of the cast, who can sign in."""
        account = DEMO_ACCOUNTS[number]
        first, last = name.split()
        user = self._user(email=account["email"], first_name=first, last_name=last, **fields)
        user.password = make_password(account["password"])
        city = next(city for city in self.catalog.cities if city.name == place[0])
        area = next(area for area in city.areas if area.name == place[1])
        return self._person(user, (city, area), "en", UserProfile.Gender.UNDISCLOSED)

    def _user(self, **fields: Any) -> User:
        streak = self.dice.randint(0, 9)
        since = self.now - timedelta(minutes=self.dice.randint(100 * 1440, 700 * 1440))
        return User(
            id=self.dice.key(),
            name=f"{fields['first_name']} {fields['last_name']}",
            is_email_verified=True,
            points=self.dice.randint(0, 40) * 10,
            day_streak=streak,
            max_day_streak=streak + self.dice.randint(0, 20),
            created_at=since,
            updated_at=since,
            **fields,
        )

    def _person(
        self, user: User, place: tuple[City, ServiceArea], language: str, gender: str
    ) -> Person:
        city, area = place
        verified = user.user_type == User.Type.PROVIDER or self.dice.chance(0.4)
        since = {"created_at": user.created_at, "updated_at": user.created_at}
        self.made += 1
        lowest = 2000 if user.user_type == User.Type.PROVIDER else 5000
        profile = UserProfile(
            id=self.dice.key(),
            user=user,
            bio=self.dice.choice(self.names["bios"]),
            date_of_birth=date(1960, 1, 1) + timedelta(days=self.dice.randint(0, 43 * 365)),
            gender=gender,
            phone_number=f"{city.phone}{lowest + self.made}"[:16],
            is_phone_verified=verified,
            address=address(self.dice, city),
            city=city.name,
            state=city.state,
            country=city.country,
            postal_code=area.postal_codes[0] if area.postal_codes else "",
            latitude=nearby(self.dice, area.latitude),
            longitude=nearby(self.dice, area.longitude),
            preferred_language=next(
                known for known in self.catalog.languages if known.code == language
            ),
            is_verified=verified,
            verification_date=user.created_at.date() + timedelta(days=3) if verified else None,
            **since,
        )
        client = ClientProfile(id=self.dice.key(), user_profile=profile, **since)
        return Person(user, profile, client, city, area)

    def _email(self, first: str, last: str, user_type: User.Type) -> str:
        name = ".".join(
            slugify(part.lower().translate(self.letters)).replace("-", "") for part in (first, last)
        )
        domain = "pro" if user_type == User.Type.PROVIDER else "home"
        email, number = f"{name}@{domain}.fundi.example", 1
        while email in self.emails:
            number += 1
            email = f"{name}{number}@{domain}.fundi.example"
        self.emails.add(email)
        return email


def address(dice: Dice, city: City) -> str:
    """A street and number."""
    number, street = dice.randint(1, 240), dice.choice(city.streets)
    return f"{street} {number}" if city.country == "KG" else f"{number} {street}"


def nearby(dice: Dice, degrees: float) -> float:
    """A latitude or longitude within about a kilometre."""
    return round(degrees + dice.uniform(-0.009, 0.009), 6)


def _plan_cast(maker: Maker) -> Cast:
    provider = User.Type.PROVIDER
    return Cast(
        ben=maker.somebody(0, "Ben Jacobs", ("Cape Town", "Observatory")),
        ada=maker.somebody(1, "Ada Mbatha", ("Cape Town", "Woodstock"), user_type=provider),
        wanjiru=maker.somebody(2, "Wanjiru Kamau", ("Nairobi", "Kilimani"), user_type=provider),
        dora=maker.somebody(
            3, "Dora Smit", ("Cape Town", "Gardens"), is_staff=True, is_superuser=True
        ),
    )
