"""Measure what the guards cost a request, where its time goes, and how hostile documents fare.

python -m tests.load.guards, by ``make load-guards``: prints three tables of its own.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
import httpx
import orjson
from django.conf import settings
from django.db import connection
from graphql import parse, specified_rules, validate
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry_django.optimizer import DjangoOptimizerExtension

from apps.accounts import tokens
from kernel.heap import keep_what_is_loaded
from schema.base import cost, execution
from schema.base.charges import Charge
from schema.base.context import Context
from schema.base.deadline import in_time
from schema.base.execution import Prepared, execute, in_thread, prepare
from schema.base.executor import Executor
from schema.base.measures import check_document, check_text, check_variables
from schema.base.observing import Observation
from schema.base.running import run
from schema.base.stop import Stop
from schema.root import schema
from tests.load import data
from tests.load.cases import NESTED, Case
from tests.support.hostile import HOSTILE
from tests.support.server import Server

REPEATS = 300
#: Honest clients, and seconds of their traffic: alone and beside hostile documents, some times in
#: turn.
CLIENTS, SECONDS, ROUNDS = 2, 10.0, 5


def main() -> None:
    """Run it all, and print the tables."""
    with data.demo_database(), Path(os.devnull).open("w") as nowhere:
        # What is logged is formatted all the same, but does not stand between the figures.
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(nowhere)
        keep_what_is_loaded()
        case = next(each for each in data.reads() if each.name == "Q2")
        for title, rows in (
            ("Microseconds of a request", guards(case)),
            ("Milliseconds of a request", shares(case)),
            ("Honest traffic, milliseconds", traffic(case)),
        ):
            print(f"\n{title}")
            for name, figure in rows:
                print(f"  {name:<55} {figure}")


def guards(case: Case) -> Iterator[tuple[str, str]]:
    """What each guard takes of a request for the nested list."""
    limits, document = settings.DOCUMENT_LIMITS, parse(NESTED)
    prepared = prepare(schema, NESTED, None)
    context = _context(case)
    price = cost.price_of(schema, prepared, None)
    yield "once per text: length and tokens", _micro(lambda: check_text(NESTED, limits))
    yield "once per text: measure the document", _micro(lambda: check_document(document, limits))
    yield "once per text and sizes: price it", _micro(lambda: _priced_anew(prepared))
    yield "look the document up", _micro(lambda: prepare(schema, NESTED, None))
    yield "measure variables", _micro(lambda: check_variables({"first": 5}, limits))
    yield "look the price up", _micro(lambda: cost.price_of(schema, prepared, None))
    yield "pay, and take back the rest", _micro(lambda: _paid(context, price))
    yield "a hop to a thread, without a deadline", _micro_async(lambda: in_thread(int))
    yield "the same with one", _micro_async(lambda: in_time(int, Stop(), 10.0))
    result = execute(schema, prepared, None, context)
    yield (
        "the line in the log, and figures",
        _micro(lambda: Observation(prepared, context).ended(result)),
    )
    unguarded, guarded = _beside(
        lambda: in_thread(lambda: _plainly(prepared, case)),
        lambda: run(schema, prepared, None, _context(case)),
    )
    yield "the whole request, without guards", unguarded
    yield "the whole request, with them", guarded
    connection.close()


def shares(case: Case) -> Iterator[tuple[str, str]]:
    """Where the time of the nested list goes, the first time and each time."""
    document = parse(NESTED)
    yield "parse (once per text)", _milli(lambda: parse(NESTED))
    yield (
        "validate (once per text)",
        _milli(lambda: validate(schema._schema, document, specified_rules)),
    )
    prepared, taken = prepare(schema, NESTED, None), {"plan": 0.0, "sql": 0.0}
    result = execute(schema, prepared, None, _context(case))
    with _timed(taken):
        whole = _seconds(lambda: execute(schema, prepared, None, _context(case)), 30)
    plan, sql = (1000 * taken[name] / 30 for name in ("plan", "sql"))
    yield "plan its queries", f"{plan:.2f}"
    yield "wait for PostgreSQL", f"{sql:.2f}"
    yield "execute the rest: fields, rows, viewer", f"{1000 * whole - plan - sql:.2f}"
    yield "serialise", _milli(lambda: orjson.dumps(result.data))
    connection.close()


def traffic(case: Case) -> Iterator[tuple[str, str]]:
    """Honest reads alone and beside the corpus; what the worst of it takes."""
    with TemporaryDirectory() as folder:
        server = Server(log=Path(folder) / "server.log", env={"ENVIRONMENT": "production"})
        try:
            token = case.asks[0].token
            _honest(server, token, 3.0)
            alone, beside, sent = list[float](), list[float](), 0
            for round_ in range(ROUNDS):
                alone += _honest(server, token, SECONDS)
                with _attacked(server, token, round_) as hostile:
                    beside += _honest(server, token, SECONDS)
                sent += len(hostile)
        finally:
            server.kill()
    yield "honest p95, alone", f"{_p(alone, 95):.1f}"
    yield "honest p95, beside hostile documents", f"{_p(beside, 95):.1f}"
    yield "ratio", f"{_p(beside, 95) / _p(alone, 95):.2f}"
    yield "hostile documents sent", str(sent)
    yield from processing()


def processing() -> Iterator[tuple[str, str]]:
    """How long hostile documents are worked on, each by itself."""
    worst = {each.name: _p([_refused(each) for _ in range(100)], 99) for each in HOSTILE}
    name = max(worst, key=lambda each: worst[each])
    yield "the worst document, p99", f"{worst[name]:.1f} ({name})"
    yield "the median document, p99", f"{median(worst.values()):.1f}"


def _refused(hostile: Any) -> float:
    """Milliseconds until a document is refused that nobody sent before."""
    execution._cached.cache_clear()
    cost._price.cache_clear()
    begun = time.perf_counter()
    try:
        prepared = prepare(schema, hostile.text, None)
        check_variables(hostile.variables, settings.DOCUMENT_LIMITS)
        cost.price_of(schema, prepared, hostile.variables)
    except (execution.InvalidDocument, execution.GraphQLError):
        return 1000 * (time.perf_counter() - begun)
    raise AssertionError(f"{hostile.name} was not refused.")


def _honest(server: Server, token: str, seconds: float) -> list[float]:
    """Milliseconds of each read, by a few clients one after the other's pause."""
    taken: list[float] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            while time.monotonic() < end:
                begun = time.perf_counter()
                client.post(server.url, json={"query": NESTED}).raise_for_status()
                taken.append(1000 * (time.perf_counter() - begun))
                time.sleep(0.2)

    threads = [Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


@contextmanager
def _attacked(server: Server, token: str, round_: int) -> Iterator[list[str]]:
    """Have the corpus sent meanwhile, ten documents a second, each a text that is new."""
    over, sent = Event(), list[str]()

    def attack() -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            for each in cycle(HOSTILE[round_::ROUNDS]):
                sent.append(f"{each.text} #{round_} {len(sent)}")
                body = {"query": sent[-1], "variables": each.variables}
                client.post(server.url, json=body, timeout=30)
                if over.wait(0.1):
                    return

    thread = Thread(target=attack)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()


def _context(case: Case) -> Context:
    return Context(request_id="load", claims=tokens.read(case.asks[0].token))


class Unguarded(StrawberryGraphQLCoreExecutionContext):
    """Executes what is asked without looking at what it comes to."""


def _plainly(prepared: Prepared, case: Case) -> Any:
    schema.execution_context_class = Unguarded
    try:
        return execute(schema, prepared, None, _context(case))
    finally:
        schema.execution_context_class = Executor


def _priced_anew(prepared: Any) -> None:
    cost._price.cache_clear()
    cost.price_of(schema, prepared, None)


def _paid(context: Context, price: Any) -> None:
    charge = Charge(context, price)
    charge.pay()
    charge.settle()


@contextmanager
def _timed(taken: dict[str, float]) -> Iterator[None]:
    """Add up what planning and statements take."""
    optimize = DjangoOptimizerExtension.optimize

    def planning(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return optimize(*args, **kwargs)
        finally:
            taken["plan"] += time.perf_counter() - begun

    def running(run: Any, *args: Any) -> Any:
        begun = time.perf_counter()
        try:
            return run(*args)
        finally:
            taken["sql"] += time.perf_counter() - begun

    DjangoOptimizerExtension.optimize = planning
    try:
        with connection.execute_wrapper(running):
            yield
    finally:
        DjangoOptimizerExtension.optimize = optimize


def _p(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _seconds(call: Callable[[], Any], repeats: int = REPEATS) -> float:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _micro(call: Callable[[], Any]) -> str:
    return f"{1e6 * _seconds(call):.1f}"


def _milli(call: Callable[[], Any]) -> str:
    return f"{1e3 * _seconds(call, 30):.2f}"


def _micro_async(call: Callable[[], Any]) -> str:
    return f"{1e6 * asyncio.run(_median(call, REPEATS)):.1f}"


def _beside(*calls: Callable[[], Any]) -> list[str]:
    """Microseconds of each, twice in turn: a run of the same code gets faster as it goes on."""
    rounds = [[asyncio.run(_median(call, 60)) for call in calls] for _ in range(2)]
    return [f"{1e6 * min(times):.1f}" for times in zip(*rounds, strict=True)]


async def _median(call: Callable[[], Any], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - begun)
    return median(taken)


if __name__ == "__main__":
    main()
