"""Measure what it costs to know who asks: sign-ins, tokens, viewers, row security, the audit trail.

python -m tests.load.identity, by ``make load-identity``: prints a table of its own.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
import httpx
from django.db import connection, transaction

from apps.accounts import tokens
from apps.accounts.access import viewer_of_token
from apps.accounts.demo import DEMO_ACCOUNTS
from apps.accounts.models import User
from apps.orders.models import Order
from apps.orders.services.bids import place_bid
from apps.organizations.models import Organization, Project, Team, TeamMember
from apps.providers.models import ServiceProviderProfile
from kernel.money import Money
from kernel.viewer import SYSTEM, Viewer, acting_as
from tests.load import data
from tests.support.server import Server

SECONDS = 5.0
REPEATS = 300
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"""
#: Nobody is held back here: what is measured is the work.
UNLIMITED = {
    f"RATE_{name}_{whose}": "1000000/1"
    for name in ("SIGN_IN", "REFRESH")
    for whose in ("ACCOUNT", "ADDRESS")
}


def main() -> None:
    """Run it all, and print the table."""
    with data.demo_database():
        rows = [*sign_ins(), *costs()]
    width = max(len(name) for name, _ in rows)
    for name, figure in rows:
        print(f"{name:<{width}}  {figure}")


def sign_ins() -> Iterator[tuple[str, str]]:
    """Sign-ins per second by so many clients, and what a read takes beside them."""
    with TemporaryDirectory() as folder:
        env = UNLIMITED | {"ENVIRONMENT": "production"}
        server = Server(log=Path(folder) / "server.log", env=env)
        try:
            yield "a read, alone: p50", f"{1000 * median(_reads(server)):.0f} ms"
            for clients in (1, 16):
                with _flood(server, clients) as done:
                    took = _reads(server)
                yield f"sign-ins by {clients} clients", f"{len(done) / SECONDS:.1f} /s"
                yield f"a read beside {clients}: p50", f"{1000 * median(took):.0f} ms"
        finally:
            server.kill()


def _reads(server: Server) -> list[float]:
    took, until = [], time.monotonic() + SECONDS
    while time.monotonic() < until:
        began = time.perf_counter()
        answer = httpx.post(server.url, json={"query": "{ languages { totalCount } }"})
        assert answer.status_code == 200, answer.text
        took.append(time.perf_counter() - began)
    return took


@contextmanager
def _flood(server: Server, clients: int) -> Iterator[list[int]]:
    """So many clients who sign in again and again; the list holds an item for each that did."""
    account, done = DEMO_ACCOUNTS[0], []
    given = {"email": account["email"], "password": account["password"]}
    until = time.monotonic() + SECONDS

    def sign_in() -> None:
        while time.monotonic() < until:
            body = {"query": SIGN_IN, "variables": {"input": given}}
            answer = httpx.post(server.url, json=body, timeout=30).json()
            if answer["data"]["signIn"]["__typename"] == "AuthPayload":
                done.append(1)

    with ThreadPoolExecutor(clients) as threads:
        for _ in range(clients):
            threads.submit(sign_in)
        yield done


def costs() -> Iterator[tuple[str, str]]:
    """Microseconds of what every operation pays, and of what row security and audits add."""
    ada = User.objects.get(email="ada@fundi.example")
    token = data.token(ada)
    yield "verify a token", _micro(lambda: tokens.read(token))
    yield "token to viewer, one query", _micro(lambda: viewer_of_token(token))
    viewer = viewer_of_token(token)
    yield "enter acting_as", _micro(lambda: _enter(viewer))
    yield from _row_security()
    yield from _audit(ada)


def _enter(viewer: Viewer) -> None:
    with acting_as(viewer):
        pass


def _row_security() -> Iterator[tuple[str, str]]:
    """A nested list of tenant rows with the wall and without."""
    organization = Organization.objects.order_by("pk")[0]
    viewer = Viewer(user=User.objects.order_by("pk")[0], organization_id=organization.pk)
    with acting_as(SYSTEM):
        users = list(User.objects.order_by("pk")[:10])
        for number in range(50):
            team = Team.objects.create(organization=organization, name=f"T{number}", currency="ZAR")
            Project.objects.create(organization=organization, name=f"P{number}", team=team)
            TeamMember.objects.bulk_create(
                [TeamMember(organization=organization, team=team, user=user) for user in users]
            )

    def nested() -> None:
        with acting_as(viewer):
            rows = Team.objects.filter(organization=organization)
            found = list(rows.prefetch_related("members", "projects"))
            assert len(found) >= 50

    walled = _times(nested, 50)
    with connection.cursor() as cursor:
        for model in (Team, TeamMember, Project):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE ROW LEVEL SECURITY")
    bare = _times(nested, 50)
    yield "50 teams with members and projects, walled", f"{walled:.0f} µs"
    yield "the same without the wall", f"{bare:.0f} µs  ({walled / bare:.2f} times)"


def _audit(ada: User) -> Iterator[tuple[str, str]]:
    """``place_bid`` with the audit's triggers and without."""
    provider = ServiceProviderProfile.objects.get(user_profile__user=ada)
    orders = iter(list(Order.objects.filter(pk__in=data._fresh_orders(1000))))
    viewer = Viewer(user=ada, organization_id=provider.organization_id)

    def bid() -> None:
        with acting_as(viewer):
            place_bid(order=next(orders), provider=provider, amount=Money(25000, "ZAR"), details={})

    audited = _times(bid, REPEATS)
    with connection.cursor() as cursor:
        for table in ("orders_bid", "orders_order"):
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
                [table, "pgtrigger_audit%"],
            )
            ((name,),) = cursor.fetchall()
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    bare = _times(bid, REPEATS)
    yield "placeBid's service, audited", f"{audited:.0f} µs"
    yield "the same without the audit", f"{bare:.0f} µs  ({audited / bare:.2f} times)"


def _micro(call: Callable[[], Any]) -> str:
    return f"{_times(call, REPEATS):.0f} µs"


def _times(call: Callable[[], Any], count: int) -> float:
    """Microseconds of a call, the median of so many."""
    with transaction.atomic():
        call()
    took = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return median(took) * 1_000_000


if __name__ == "__main__":
    main()
