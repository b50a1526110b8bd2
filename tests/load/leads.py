"""Measure how fast credits are spent and leads claimed, and how matching grows with providers.

python -m tests.load.leads, by ``make load-leads``: prints tables of its own. ``LOAD_CROWDS`` says
among how many providers leads are matched; 1000,10000 where it is not set.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
from django.core.exceptions import ValidationError
from django.db import connection
from tqdm import tqdm

from apps.catalog.models import ServiceCategory
from apps.credits.services.ledger import spend
from apps.leads.configuration import MATCHING
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.services.handing import claim_lead
from apps.leads.shortlist import Terms, shortlist
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.ids import uuid7
from kernel.invariants import invariants
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.credits import give_credits
from tests.factories.leads import LeadFactory, open_lead
from tests.factories.providers import ProviderFactory
from tests.load import data
from tests.load.cases import Ask, Case
from tests.load.measuring import Target, measure
from tests.support.crowd import gather
from tests.support.graphql import gid
from tests.support.server import Server

CROWDS = [int(size) for size in os.environ.get("LOAD_CROWDS", "1000,10000").split(",")]
AT_ONCE, SECONDS = 16, 5.0
#: How many wallets, and how many leads for each, where they are not hot.
WALLETS, LEADS = 64, 60
#: How often a lead is matched in each crowd.
TRIES = 20

SPEND = """mutation Spend($input: AdjustCreditsInput!) { adjustCredits(input: $input) {
  __typename ... on CreditTransaction { balanceAfter }
  ... on OperationInfo { messages { code } } } }"""
CLAIM = """mutation Claim($input: ClaimLeadInput!) { claimLead(input: $input) {
  __typename ... on LeadAssignment { id status creditCost }
  ... on OperationInfo { messages { code } } } }"""

# What a spend has to write at the least: the wallet, and its row of the ledger.
_SPEND = """
WITH moved AS (
    UPDATE credits_creditwallet SET balance = balance - 1, entries = entries + 1, moved_at = now()
    WHERE provider_id = %(provider)s AND balance >= 1 RETURNING balance, entries
)
INSERT INTO credits_credittransaction (id, created_at, updated_at, version, number, provider_id,
    transaction_type, amount, balance_after, status, reference, description, idempotency_key)
SELECT %(id)s, now(), now(), 1, entries, %(provider)s, 'ADJUSTMENT', -1, balance, 'COMPLETED',
    '', '', '' FROM moved
"""


def main() -> None:
    """Run it, and print the tables."""
    with tqdm(total=7 + len(CROWDS), unit="part") as bar:
        lines = [*_spends(bar), *_claims(bar), *_matches(bar)]
    print("\n".join(lines))


def _spends(bar: "tqdm[Any]") -> Iterator[str]:
    """Spends per second: by one SQL statement, by the service, and by the API."""
    yield "| spends a second | one wallet | many wallets |"
    yield "|---|---:|---:|"
    with data.empty_database() as database:
        providers = _rich(WALLETS)
        hot = providers[:1]
        for name, spending in (("one SQL statement", _by_sql), ("the service", _by_service)):
            figures = [_per_second(spending(some)) for some in (hot, providers)]
            yield f"| {name} | {figures[0]:,.0f} | {figures[1]:,.0f} |"
            bar.update(2)
        with _serving(database) as target:
            cells = [_by_api(some, target) for some in (hot, providers)]
        yield f"| `adjustCredits` | {cells[0]:,.0f} | {cells[1]:,.0f} |"
        bar.update(1)
        _check()


def _claims(bar: "tqdm[Any]") -> Iterator[str]:
    """Claims per second: of seats of one lead, most of which are refused, and of many leads."""
    yield from ("", "| claims a second | one hot lead | many leads |", "|---|---:|---:|")
    with data.empty_database() as database:
        providers = _rich(WALLETS * 4)
        hot = open_lead(max_providers=10)
        _offer([hot], providers)
        tries = iter([_claiming(hot, provider) for provider in providers])
        began = time.perf_counter()
        tried = _drained(tries)
        attempts = tried / (time.perf_counter() - began)
        assert LeadAssignment.objects.filter(lead=hot).count() == 10
        leads = _leads(providers[:WALLETS])
        pairs = [(lead, providers[number % WALLETS]) for number, lead in enumerate(leads)]
        half = len(pairs) // 2
        many = _per_second(iter([_claiming(lead, who) for lead, who in pairs[:half]]))
        yield f"| the service | {attempts:,.0f} tries, 10 seats | {many:,.0f} |"
        bar.update(1)
        with _serving(database) as target:
            asks = [
                Ask(_token(who), {"input": {"leadId": gid(lead)}}) for lead, who in pairs[half:]
            ]
            case = Case("claim", "Claim", CLAIM, asks, once=True)
            cell = measure(case, asks, clients=AT_ONCE, target=target)
        yield f"| `claimLead` | | {cell.per_second:,.0f} |"
        bar.update(1)
        _check()


def _matches(bar: "tqdm[Any]") -> Iterator[str]:
    """How long the shortlist takes among so many providers."""
    yield from ("", "| providers | fit | p50 ms | p95 ms |", "|---:|---:|---:|---:|")
    for size in CROWDS:
        with data.empty_database():
            trades = gather(size)
            took, fits = _matched(trades)
            cuts = quantiles(took, n=20, method="inclusive")
            yield f"| {size:,} | {fits:,.0f} | {1000 * cuts[9]:.1f} | {1000 * cuts[18]:.1f} |"
            bar.update(1)


def _matched(trades: Sequence[ServiceCategory]) -> tuple[list[float], float]:
    """Seconds that the shortlists of leads took, and how many providers each names."""
    now, places = clock.now(), _busy_places()
    took, named = [], 0
    for number in range(TRIES):
        latitude, longitude = places[number % len(places)]
        lead = LeadFactory(
            category=trades[number % 3], latitude=latitude, longitude=longitude, country=""
        )
        began = time.perf_counter()
        named += len(list(shortlist(lead, Terms(now, MATCHING, 30, 20))))
        took.append(time.perf_counter() - began)
    return took, named / TRIES


def _busy_places() -> list[tuple[float, float]]:
    """Where the providers of the largest cities are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg(latitude), avg(longitude) FROM providers_serviceproviderprofile"
            " GROUP BY city ORDER BY count(*) DESC LIMIT 5"
        )
        return cursor.fetchall()


def _rich(size: int) -> list[ServiceProviderProfile]:
    providers = [ProviderFactory() for _ in range(size)]
    for provider in providers:
        give_credits(provider, 1_000_000)
    return providers


def _offer(leads: Sequence[Lead], providers: Sequence[ServiceProviderProfile]) -> None:
    """Tell providers of leads: each of all of them, or in turn of one each."""
    now = clock.now()
    LeadMatch.objects.bulk_create(
        LeadMatch(
            lead=lead,
            provider=provider,
            rank=rank,
            score=70,
            scoring_version=1,
            state=LeadMatch.State.OFFERED,
            offered_at=now,
        )
        for lead in leads
        for rank, provider in enumerate(providers, start=1)
    )


def _leads(providers: Sequence[ServiceProviderProfile]) -> list[Lead]:
    """Leads that are each offered to one provider, in turn."""
    client, category, usual = UserFactory(), CategoryFactory(), open_lead()
    leads = Lead.objects.bulk_create(
        Lead(
            client=client,
            category=category,
            title="A new roof",
            city="Cape Town",
            currency="ZAR",
            status=Lead.Status.VERIFIED,
            price=4,
            matched_at=usual.matched_at,
            expires_at=usual.expires_at,
        )
        for _ in range(LEADS * len(providers))
    )
    for number, lead in enumerate(leads):
        _offer([lead], [providers[number % len(providers)]])
    return leads


def _by_sql(providers: Sequence[ServiceProviderProfile]) -> Iterator[Callable[[], None]]:
    for provider in cycle(providers):
        yield lambda key=provider.pk: _run(_SPEND, {"provider": key, "id": uuid7()})


def _run(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        assert cursor.rowcount == 1


def _by_service(providers: Sequence[ServiceProviderProfile]) -> Iterator[Callable[[], object]]:
    """Each pays for an assignment of its own, which is made beforehand."""
    lead = open_lead(max_providers=10)
    for number in count():
        provider = providers[number % len(providers)]
        yield lambda who=provider: _pay(who, lead)


def _pay(provider: ServiceProviderProfile, lead: Lead) -> None:
    assignment = LeadAssignment(lead=lead, provider=provider, currency="ZAR", is_deleted=True)
    assignment.credit_cost = 1
    assignment.save()
    spend(provider_id=provider.pk, credits=1, lead_assignment_id=assignment.pk)


def _by_api(providers: Sequence[ServiceProviderProfile], target: Target) -> float:
    token = _token(UserFactory(is_staff=True, is_superuser=True))
    asks = [
        Ask(token, {"input": {"providerId": gid(who), "credits": -1, "description": "Load"}})
        for who in providers
    ]
    case = Case("spend", "Spend", SPEND, asks)
    return measure(case, asks, clients=AT_ONCE, target=target).per_second


def _claiming(lead: Lead, provider: ServiceProviderProfile) -> Callable[[], None]:
    def claim() -> None:
        try:
            claim_lead(lead=lead, provider=provider)
        except ValidationError as refusal:
            assert refusal.code == "no_seat_left", refusal

    return claim


def _ask_for(lead: Lead, provider: ServiceProviderProfile) -> Ask:
    return Ask(_token(provider), {"input": {"leadId": gid(lead)}})


def _per_second(calls: Iterator[Callable[[], object]]) -> float:
    """How many calls are done in a second, so many at once."""
    began = time.perf_counter()
    done = _drained(calls, until=began + SECONDS)
    return done / (time.perf_counter() - began)


def _drained(calls: Iterator[Callable[[], object]], *, until: float = float("inf")) -> int:
    """Do the calls, so many at once, until there are no more or the time is over; how many."""

    def work() -> int:
        done = 0
        try:
            while time.perf_counter() < until and (call := next(shared, None)) is not None:
                call()
                done += 1
        finally:
            connection.close()
        return done

    shared = _Shared(calls)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(found.result() for found in [pool.submit(work) for _ in range(AT_ONCE)])


class _Shared:
    """An iterator that many threads take from."""

    def __init__(self, items: Iterator[Any]) -> None:
        self.items, self.lock = items, Lock()

    def __iter__(self) -> "_Shared":
        return self

    def __next__(self) -> Any:
        with self.lock:
            return next(self.items)


def _token(user: Any) -> str:
    return data.token(user.user_profile.user if hasattr(user, "user_profile") else user)


@contextmanager
def _serving(database: str) -> Iterator[Target]:
    """A server with production's settings, on the benchmark's database."""
    with TemporaryDirectory() as folder:
        settings = {"ENVIRONMENT": "production", "STAFF_SECOND_FACTOR": "false"}
        server = Server(log=Path(folder) / "server.log", env=settings)
        try:
            yield Target(server.port, server.popen.pid, database)
        finally:
            server.kill()


def _check() -> None:
    """All credits are where they belong."""
    wallets = [found for found in invariants() if "wallet" in found.rule or "row" in found.rule]
    assert [found.breaches() for found in wallets if found.breaches()] == []


if __name__ == "__main__":
    main()
