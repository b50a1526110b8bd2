"""Whether the process lives, and whether what it needs answers."""

from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from apps.core.selectors import has_overdue
from kernel import clock, replica
from kernel.databases import has_replica

Part = Callable[[], bool]

#: After so long, facts wait because no worker takes them.
LATE = timedelta(seconds=60)

_has_been_migrated = False


async def livez(_request: HttpRequest) -> JsonResponse:
    """200 while the event loop turns."""
    return JsonResponse({"status": "ok"})


async def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database, its migrations and Redis are well, else 503; names the ill part.

    A replica that is away, and facts that wait for a worker, are told too, but take no web process
    out: it answers as well as any other.
    """
    needed: dict[str, Part] = {
        "database": _database_answers,
        "migrations": _is_migrated,
        "redis": _redis_answers,
    }
    told: dict[str, Part] = {"events": _events_flow}
    if has_replica():
        told["replica"] = replica.is_well
    found = {name: await sync_to_async(_is_well)(check) for name, check in (needed | told).items()}
    state = {name: "ok" if well else "failing" for name, well in found.items()}
    return JsonResponse(state, status=200 if all(found[name] for name in needed) else 503)


def _is_well(check: Part) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError):
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_migrated() -> bool:
    """Whether nothing is left to migrate; asked until it is so, for all migrations are read."""
    global _has_been_migrated
    if not _has_been_migrated:
        executor = MigrationExecutor(connection)
        _has_been_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _has_been_migrated


def _events_flow() -> bool:
    return not has_overdue(before=clock.now() - LATE)


def _redis_answers() -> bool:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
        return bool(redis.ping())
