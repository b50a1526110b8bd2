"""Measure how long a published order takes to reach the providers who listen to the market.

python -m tests.load.market, by ``make load-market``: prints a table of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
import orjson
import psutil
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils.text import slugify
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from apps.catalog.models import ServiceSubcategory
from apps.orders.models import Order
from apps.orders.services.orders import publish_order
from kernel.viewer import SYSTEM, acting_as
from tests.factories.orders import OrderFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.load import data
from tests.support.server import Server

LISTENERS = 500
ORDERS = 20
#: Seconds between two orders.
PAUSE = 3.0
FOLLOW = "subscription { marketplaceEvents { type order { id title city } } }"
PLACE = {"latitude": -33.93, "longitude": 18.46}


def main() -> None:
    """Run it, and print the table."""
    with data.demo_database(), TemporaryDirectory() as folder:
        service, other = _services()
        print(f"{'fit':>5} {'first':>8} {'p50':>8} {'p99':>8} {'last':>8}  CPU/delivery  of 500")
        for fitting in (5, 50, 500):
            tokens = list(_providers(service, fitting)) + list(_providers(other, 500 - fitting))
            server = Server(log=Path(folder) / f"{fitting}.log", env={"ENVIRONMENT": "production"})
            try:
                print(asyncio.run(_measure(server, tokens, service, fitting)))
            finally:
                server.kill()


def _services() -> tuple[Any, Any]:
    one = ServiceSubcategory.objects.order_by("pk").first()
    other = ServiceSubcategory.objects.exclude(category=one.category_id).order_by("pk").first()
    return one, other


def _providers(service: Any, count: int) -> Iterator[str]:
    """The access tokens of new providers of a service."""
    for _ in range(count):
        provider = ProviderFactory(
            organization__slug=slugify(f"load-{time.monotonic_ns()}"),
            user_profile__user__email=f"{time.monotonic_ns()}@load.example",
            **PLACE,
        )
        OfferedServiceFactory(provider=provider, subcategory=service)
        yield data.token(provider.user_profile.user)


async def _measure(server: Server, tokens: list[str], service: Any, fitting: int) -> str:
    """One line: seconds from the commit to the frame, over all orders and listeners."""
    process = psutil.Process(server.popen.pid)
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(_listening(server, t)) for t in tokens]
        await asyncio.sleep(3)
        arrivals: dict[str, list[float]] = {}
        hearing = [asyncio.create_task(_hear(socket, arrivals)) for socket in sockets]
        took, cpu = [], sum(process.cpu_times()[:2])
        for _ in range(ORDERS):
            order, at = await sync_to_async(_publish)(service)
            await asyncio.sleep(PAUSE)
            took.append(sorted(arrived - at for arrived in arrivals.get(str(order.title), [])))
        for task in hearing:
            task.cancel()
        for failure in await asyncio.gather(*hearing, return_exceptions=True):
            assert isinstance(failure, asyncio.CancelledError), failure
        await sync_to_async(lambda: connection.close())()
        cpu = sum(process.cpu_times()[:2]) - cpu
    assert all(len(times) == fitting for times in took), [len(times) for times in took]
    everything = sorted(x for times in took for x in times)
    marks = quantiles(everything, n=100)
    figures = (everything[0], marks[49], marks[98], everything[-1])
    shown = " ".join(f"{1000 * figure:5.0f} ms" for figure in figures)
    return f"{fitting:>5} {shown}  {1000 * cpu / len(everything):9.2f} ms"


def _publish(service: Any) -> tuple[Order, float]:
    order = OrderFactory(service_subcategory=service, title=f"Load {time.monotonic_ns()}", **PLACE)
    with acting_as(SYSTEM):
        publish_order(order=order)
    return order, time.monotonic()


async def _hear(socket: ClientConnection, arrivals: dict[str, list[float]]) -> None:
    async for text in socket:
        frame = orjson.loads(text)
        if frame["type"] != "ping":
            title = frame["payload"]["data"]["marketplaceEvents"]["order"]["title"]
            arrivals.setdefault(title, []).append(time.monotonic())


@asynccontextmanager
async def _listening(server: Server, token: str) -> AsyncIterator[ClientConnection]:
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(server.ws_url, subprotocols=[protocol], compression=None) as socket:
        await socket.send(
            orjson.dumps(
                {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
            ),
            text=True,
        )
        await socket.recv()
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}
        await socket.send(orjson.dumps(subscribe), text=True)
        yield socket


if __name__ == "__main__":
    main()
