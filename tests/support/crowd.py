"""A crowd of providers, made by the database itself: 100,000 in a minute."""

from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction

from apps.catalog.models import ServiceCategory, ServiceSubcategory
from apps.providers.services.search import index_all
from tests.factories.catalog import CategoryFactory, SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory

#: Trades in three languages, the n-th with 1/n of the providers.
TRADES = [
    ("Cleaning", "Nettoyage", "Уборка", ["Deep cleaning of a flat", "Carpet cleaning"]),
    ("Plumbing", "Plomberie", "Сантехник", ["Fix a leaking tap", "Unblock a drain"]),
    ("Electrical work", "Électricien", "Электрик", ["Replace a fuse box", "Install lamps"]),
    ("Painting", "Peinture", "Покраска", ["Paint a room", "Paint a house"]),
    ("Gardening", "Jardinage", "Садовник", ["Cut a hedge", "Mow a lawn"]),
    ("Roofing", "Toiture", "Кровля", ["Repair a roof", "Clean gutters"]),
    ("Tiling", "Carrelage", "Плитка", ["Tile a bathroom", "Repair broken tiles"]),
    ("Locksmith", "Serrurier", "Слесарь", ["Open a locked door", "Change a lock"]),
]
CITIES = 200
#: What all of them say of themselves.
DESCRIPTION = "Honest work at fair prices. We come when we say that we come, and leave it tidy."

# Cities lie where land is likely, evenly on the sphere otherwise; the n-th has 1/n of the people.
_PLACES = """
CREATE TEMPORARY TABLE crowd AS
SELECT n, c.city, least(90, greatest(-90, c.lat + 0.15 * g.north)) AS latitude,
    (((c.lon + 0.2 * g.east + 540)::numeric %% 360) - 180)::float8 AS longitude,
    least(%(trades)s - 1, floor(power(%(trades)s + 1, random()) - 1))::int AS trade
FROM (SELECT n, power(%(cities)s, random())::int AS city FROM generate_series(1, %(count)s) n) who
JOIN (
    SELECT city, degrees(asin(random() * 1.6 - 0.75)) AS lat, random() * 360 - 180 AS lon
    FROM generate_series(1, %(cities)s) city
) c USING (city)
CROSS JOIN LATERAL (
    SELECT r * cos(turn) AS north, r * sin(turn) AS east
    FROM (SELECT sqrt(-2 * ln(1 - random())) AS r, 2 * pi() * random() AS turn, n) dice
) g
"""


def gather(count: int, advance: Callable[[int], object] = int) -> list[ServiceCategory]:
    """Add so many providers in 200 cities, each with two services of a trade; the trades.

    ``advance`` is told how many more are found by their words.
    """
    trades = [_trade(*trade) for trade in TRADES]
    with transaction.atomic(), connection.cursor() as cursor:
        # Else rows would have triggers pending, and no table of theirs could be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(_PLACES, {"count": count, "cities": CITIES, "trades": len(TRADES)})
        _copy_all(cursor, trades)
        cursor.execute("DROP TABLE crowd")
        cursor.execute("ANALYZE")
    index_all(advance=advance)
    with connection.cursor() as cursor:
        # As a vacuum would have done meanwhile.
        cursor.execute("SELECT gin_clean_pending_list('provider_words')")
        cursor.execute("ANALYZE")
    return trades


def _copy_all(cursor: Any, trades: list[ServiceCategory]) -> None:
    services = [ServiceSubcategory.objects.filter(category=t).order_by("pk") for t in trades]
    offer: Any = OfferedServiceFactory(subcategory=services[0][0])
    provider = offer.provider
    person = provider.user_profile
    _copy(cursor, person.user, {"id": _key("user"), "email": "'crowd' || n || '@example.org'"})
    _copy(cursor, person, {"id": _key("person"), "user_id": _key("user")})
    _copy(cursor, provider, _profile(), {"titles": [title for title, *_ in TRADES]})
    for place in (0, 1):
        _copy(cursor, offer, _offer(place), {"services": [each[place].pk for each in services]})
    offer.hard_delete()
    provider.hard_delete()


def _trade(name: str, french: str, russian: str, services: list[str]) -> ServiceCategory:
    translations = {"fr": {"name": french}, "ru": {"name": russian}}
    trade: ServiceCategory = CategoryFactory(name=name, translations=translations)
    for service in services:
        SubcategoryFactory(category=trade, name=service)
    return trade


def _profile() -> dict[str, str]:
    return {
        "id": _key("provider"),
        "user_profile_id": _key("person"),
        "business_name": "(%(titles)s::text[])[trade + 1] || ' by ' || initcap(md5(n::text))",
        "business_description": f"'{DESCRIPTION} Team ' || n",
        "city": "'City ' || crowd.city",
        "latitude": "crowd.latitude",
        "longitude": "crowd.longitude",
        "average_rating": "(n %% 401) / 100.0 + 1",
        "total_reviews": "n %% 97",
        "response_time_minutes": "nullif(n %% 300, 0)",
        "is_verified_provider": "n %% 7 > 0",
        "is_available": "n %% 9 > 0",
        "created_at": "now() - n * interval '1 minute'",
    }


def _offer(place: int) -> dict[str, str]:
    return {
        "id": _key(f"offer{place}"),
        "provider_id": _key("provider"),
        "subcategory_id": "(%(services)s::uuid[])[trade + 1]",
        "base_price": f"10000 + n %% 500 * 100 + {place}",
    }


def _key(kind: str) -> str:
    return f"md5('{kind}' || n)::uuid"


def _copy(
    cursor: Any, row: models.Model, other: dict[str, str], values: dict[str, Any] | None = None
) -> None:
    """Copy a row once for each of the crowd, with other values in some columns."""
    table = row._meta.db_table
    columns = [str(field.column) for field in row._meta.local_concrete_fields]
    copied = ", ".join(other.get(name, f'model."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {copied}'
        f' FROM crowd, "{table}" model WHERE model.id = %(model)s',
        {"model": row.pk, **(values or {})},
    )
    cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
