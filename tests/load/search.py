"""Measure how finding providers grows with their number: by words, by place, by both and filters.

python -m tests.load.search, by ``make load-search``: prints a table of its own.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
import httpx
from django.db import connection
from django.db.models import Avg
from django.test.utils import CaptureQueriesContext, override_settings
from tqdm import tqdm

from apps.providers.models import ServiceProviderProfile
from tests.load import data
from tests.support.crowd import TRADES, gather
from tests.support.graphql import GraphQL, gid
from tests.support.server import Server

CROWDS = (1_000, 10_000, 100_000)
#: Searches start from the middles of so many of the largest cities.
CITIES = 4
#: Of so many tries at each request the fastest counts: others had the machine as well.
TRIES = 3
TABLE = ServiceProviderProfile._meta.db_table
FIND = """query($search: String, $near: NearInput, $filter: ProviderFilter) {
  providers(search: $search, near: $near, filter: $filter) {
    %s edges { node { businessName distanceKm averageRating } } } }"""
COUNTED, UNCOUNTED = FIND % "totalCount", FIND % ""


@dataclass(frozen=True)
class Case:
    """A kind of search: its document, and the variables of each request."""

    name: str
    document: str
    asks: list[dict[str, Any]]


@dataclass(frozen=True)
class Figures:
    """What a case took: milliseconds of each request, and pages of 8 KB that its SQL looked at."""

    sql: list[float]
    endpoint: list[float]
    pages: float


def main() -> None:
    """Run it for each crowd, and print the table."""
    found: dict[str, list[Figures]] = {}
    with tqdm(total=len(CROWDS), unit="crowd") as bar:
        for count in CROWDS:
            bar.set_description(f"{count:,} providers")
            with data.empty_database(), TemporaryDirectory() as folder:
                cases = _cases(gather(count))
                server = Server(log=Path(folder) / "server.log", env={"ENVIRONMENT": "production"})
                try:
                    for case in cases:
                        found.setdefault(case.name, []).append(_measure(case, server))
                finally:
                    server.kill()
            bar.update()
    print("\n".join(_table(found)))


def _cases(trades: Sequence[Any]) -> list[Case]:
    """Searches for each trade in each of the largest cities, in three languages in turn."""
    centres = [_centre(number) for number in range(1, CITIES + 1)]
    words = [names[number % 3] for number, names in enumerate(TRADES)]
    places = [{"near": centre} for centre in centres]
    in_cities = [
        {"search": f"{word} city {number}"} for word in words for number in range(1, CITIES + 1)
    ]
    filtered = [
        place
        | {"search": word}
        | {"filter": {"categoryId": gid(trade), "averageRating": {"gte": "4"}}}
        for word, trade in zip(words, trades, strict=True)
        for place in places
    ]
    return [
        Case("words that many have", COUNTED, [{"search": word} for word in words]),
        Case("words and a city's name", COUNTED, in_cities),
        Case("within 25 km", COUNTED, places),
        Case("the nearest 20, not counted", UNCOUNTED, places),
        Case("words, 25 km and filters", COUNTED, filtered),
    ]


def _centre(city: int) -> dict[str, float]:
    providers = ServiceProviderProfile.objects.filter(city=f"City {city}")
    middle = providers.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    return {**middle, "radiusKm": 25.0}


def _measure(case: Case, server: Server) -> Figures:
    ours = GraphQL()
    ours.client.defaults["SERVER_NAME"] = "127.0.0.1"
    statements = [_statement(ours, case.document, ask) for ask in case.asks]
    with connection.cursor() as cursor, httpx.Client(timeout=60) as client:
        return Figures(
            sql=[_fastest(lambda sql=sql: _run(cursor, sql)) for sql in statements],
            endpoint=[
                _fastest(lambda ask=ask: _post(client, server, case.document, ask))
                for ask in case.asks
            ],
            pages=median(_pages(cursor, sql) for sql in statements),
        )


def _statement(graphql: GraphQL, document: str, ask: dict[str, Any]) -> str:
    """The statement that answers; where it finds nobody, another one counts them."""
    # Nothing is kept from one event loop to the next, and here each request has its own.
    with override_settings(PUBLIC_ANSWERS=False), CaptureQueriesContext(connection) as captured:
        assert graphql(document, ask).data
    return next(
        str(each["sql"]) for each in captured.captured_queries if f'FROM "{TABLE}"' in each["sql"]
    )


def _run(cursor: Any, sql: str) -> None:
    cursor.execute(sql)
    cursor.fetchall()


def _post(client: httpx.Client, server: Server, document: str, ask: dict[str, Any]) -> None:
    answer = client.post(server.url, json={"query": document, "variables": ask})
    assert answer.status_code == 200 and "errors" not in answer.json(), answer.text


def _fastest(call: Callable[[], None]) -> float:
    """Milliseconds of the fastest of some tries."""
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return 1000 * min(took)


def _pages(cursor: Any, sql: str) -> int:
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
    ((plan,),) = cursor.fetchall()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _table(found: dict[str, list[Figures]]) -> Iterator[str]:
    yield "| | providers | SQL p50 ms | p95 | endpoint p50 ms | p95 | pages |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, crowds in found.items():
        for count, figures in zip(CROWDS, crowds, strict=True):
            sql, endpoint = (
                _compared(figures.sql, crowds[0].sql),
                _compared(figures.endpoint, crowds[0].endpoint),
            )
            yield f"| {name} | {count:,} | {sql} | {endpoint} | {figures.pages:,.0f} |"


def _compared(took: list[float], least: list[float]) -> str:
    """The middle and the slow end, each with how many times that of the smallest crowd it is."""
    marks, first = _marks(took), _marks(least)
    return " | ".join(f"{ms:.1f} ({ms / base:.1f})" for ms, base in zip(marks, first, strict=True))


def _marks(took: list[float]) -> tuple[float, float]:
    cuts = quantiles(took, n=20, method="inclusive")
    return cuts[9], cuts[18]


if __name__ == "__main__":
    main()
