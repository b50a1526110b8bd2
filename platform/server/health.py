"""Whether the process lives, and whether what it needs answers."""

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError


async def livez(_request: HttpRequest) -> JsonResponse:
    """200 while the event loop turns."""
    return JsonResponse({"status": "ok"})


async def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database, its migrations and Redis are well, else 503; names the ill part."""
    parts: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "migrations": _is_migrated,
        "redis": _redis_answers,
    }
    found = {name: await sync_to_async(check)() for name, check in parts.items()}
    state = {name: "ok" if well else "failing" for name, well in found.items()}
    return JsonResponse(state, status=200 if all(found.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _redis_answers() -> bool:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
