"""A replica that really streams, and a web process that reads from it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from tests.support.replication import Pair
from tests.support.server import PROBE, Server, serving


@pytest.fixture(scope="module")
def pair(django_db_setup: None) -> Iterator[Pair]:
    """A primary, which this process uses too, and its replica."""
    # As root, PostgreSQL runs as another user, who may not enter pytest's folder.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        found = Pair(folder)
        try:
            found.start()
            with found.in_use():
                yield found
        finally:
            found.stop()


@pytest.fixture(scope="module")
def server(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A web process whose replica may lag for as long as a test takes."""
    with serving(tmp_path_factory.mktemp("web"), **options(pair, lag="60")) as found:
        yield found


def options(pair: Pair, *, lag: str) -> dict[str, Any]:
    """How a web process is started that uses both, and knows since long who knows what."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.set(f"{settings.CHANNEL_PREFIX}:known:since", 0)
    # It goes on from test to test, for which none of its connections is waited for.
    more = {
        "PGAPPNAME": "fundi-with-replica",
        "REPLICA_MAX_LAG": lag,
        "PUBLIC_ANSWERS": "on",
        "DATABASE_POOL_MAX": "4",
    }
    return {"application": PROBE, "env": pair.urls | more}
