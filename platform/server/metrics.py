"""The figures of this process, as Prometheus reads them."""

from collections.abc import Iterable
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.core.selectors import waiting_deliveries
from kernel import clock
from schema.base.hub import hub
from schema.base.watch import watch


async def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for who shows METRICS_TOKEN; 404 where there is none in production."""
    token = settings.METRICS_TOKEN
    if not token and settings.PRODUCTION:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "")
    if token and not compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    now = [*_of_the_loop(), *await sync_to_async(lambda: list(_of_the_database()))()]
    text = generate_latest(REGISTRY) + generate_latest(_Now(now))
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class _Now(Collector):
    """Figures that were taken at this moment."""

    def __init__(self, figures: list[GaugeMetricFamily]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures."""
        return self._figures


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"fundi_{name}", documentation, value=value)


def _of_the_loop() -> Iterable[GaugeMetricFamily]:
    yield _gauge("connections", "Sockets and responses that go on.", watch().connections)
    yield _gauge("listeners", "Subscriptions that are told what happens.", hub().listeners)


def _of_the_database() -> Iterable[GaugeMetricFamily]:
    waiting, since = waiting_deliveries()
    age = clock.now() - since if since else timedelta(0)
    yield _gauge("waiting_deliveries", "Deliveries of facts that are due.", waiting)
    yield _gauge("oldest_delivery_seconds", "How long the first waits.", age.total_seconds())
    pool: Any = getattr(connection, "pool", None)
    if pool is not None:
        for name, value in pool.get_stats().items():
            yield _gauge(f"database_{name}", "See psycopg's pool.", value)
