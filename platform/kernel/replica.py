"""Whether the replica may answer: it must be there, lag but a little, and not be behind its asker.

How far a database is, is a position in the write-ahead log. What somebody wrote, was told by a
stream, or read from the primary, they know: up to which position is kept for them in Redis, for as
long as a replica that is used can lag. So that nobody ever reads what is older than what they know.

How much the replica lags is found without comparing clocks, and however its connection to the
primary fares: by when, on our clock, the primary was where the replica is now.
"""

import time
from collections import deque
from collections.abc import Collection
from threading import Lock

import redis
import structlog
from django.conf import settings
from django.db import Error, connections

from kernel.databases import PRIMARY, REPLICA
from kernel.valkey import valkey

log = structlog.get_logger(__name__)

#: Where a page of the log begins, what is written next is told to stand behind its header, which
#: the replica only comes to with what is written there.
WRITTEN = """
SELECT position - CASE
    WHEN position % pg_size_bytes(current_setting('wal_segment_size')) = 40 THEN 40
    WHEN position % current_setting('wal_block_size')::int = 24 THEN 24
    ELSE 0 END
FROM (SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS position) AS now
"""
#: Null, which is read as nowhere, where the server is no replica, or none any more.
REPLAYED = """
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END
"""
#: Seconds that the replica is left alone after it did not answer, and Redis likewise.
PAUSE, REDIS_PAUSE = 3.0, 1.0
#: Seconds, at the most, between two looks at how far both databases are.
INTERVAL = 1.0
#: A position that no replica reaches.
FAR = 2**52

#: The furthest position that any of the keys behind the first one has; -1 where Redis may have lost
#: some. The first key keeps since when it has lost none.
KNOWN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local since = redis.call('GET', KEYS[1])
if not since then
    redis.call('SET', KEYS[1], string.format('%.0f', now))
end
if not since or now - since < tonumber(ARGV[1]) then
    return -1
end
local known = 0
for i = 2, #KEYS do
    known = math.max(known, tonumber(redis.call('GET', KEYS[i]) or 0))
end
return known
"""
NOTE = """
for i = 1, #KEYS do
    if tonumber(redis.call('GET', KEYS[i]) or 0) < tonumber(ARGV[1]) then
        redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
    end
end
"""


def suits(askers: Collection[str]) -> bool:
    """Whether the replica may answer somebody who goes by these names."""
    return _replica.suits(askers)


def is_well() -> bool:
    """Whether the replica answers, and lags but a little."""
    return _replica.is_well()


def leave_alone() -> None:
    """Ask the replica nothing for a while: it did not answer."""
    _replica.leave_alone()


def note(knowers: Collection[str]) -> None:
    """Keep that those who go by these names know all that the primary has written by now."""
    if knowers:
        _known.note(knowers, _written())


def _position(alias: str, statement: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0] or 0)


def _written() -> int:
    try:
        return _position(PRIMARY, WRITTEN)
    except Error:
        return FAR


class _Known:
    """What each asker knows, in Redis."""

    def __init__(self) -> None:
        self._away_until = 0.0

    def note(self, knowers: Collection[str], position: int) -> None:
        """Keep what some know."""
        try:
            valkey().eval(NOTE, len(knowers), *map(_key, knowers), position, 2 * _most_lag())
        except (redis.RedisError, OSError):
            # Whoever asks this process next may be one of them.
            self._away_until = time.monotonic() + settings.REPLICA_MAX_LAG
            log.warning("replica_positions_lost")

    def by(self, askers: Collection[str]) -> int:
        """How far the replica must be for an asker; FAR where nobody can tell."""
        if time.monotonic() < self._away_until:
            return FAR
        keys = [_key("since"), *map(_key, askers)]
        try:
            known = valkey().eval(KNOWN, len(keys), *keys, _most_lag())
        except (redis.RedisError, OSError):
            self._away_until = time.monotonic() + REDIS_PAUSE
            return FAR
        return FAR if int(known) < 0 else int(known)


def _key(name: str) -> str:
    return f"{settings.CHANNEL_PREFIX}:known:{name}"


def _most_lag() -> int:
    return int(settings.REPLICA_MAX_LAG * 1000)


class _Replica:
    """How far the replica is, as this process knows."""

    def __init__(self) -> None:
        #: When the primary was where, as far as the replica may not be there yet.
        self._primary: deque[tuple[float, int]] = deque()
        self._replayed = 0
        self._fresh_until = 0.0
        self._next_look = 0.0
        self._lock = Lock()

    def is_well(self) -> bool:
        self._look()
        return time.monotonic() < self._fresh_until

    def suits(self, askers: Collection[str]) -> bool:
        if not self.is_well():
            return False
        known = _known.by(askers)
        return known < FAR and (self._replayed >= known or self._ask() >= known)

    def leave_alone(self) -> None:
        with self._lock:
            self._replayed, self._fresh_until = 0, 0.0
            self._next_look = time.monotonic() + PAUSE
        connections[REPLICA].close()
        log.warning("replica_left_alone")

    def _look(self) -> None:
        """See where both are, once in a while; one alone does it, and meanwhile nobody waits."""
        now = time.monotonic()
        with self._lock:
            if now < self._next_look:
                return
            self._next_look = now + min(INTERVAL, settings.REPLICA_MAX_LAG / 5)
        written = _position(PRIMARY, WRITTEN)
        with self._lock:
            self._primary.append((now, written))
            while self._primary[0][0] < now - settings.REPLICA_MAX_LAG:
                self._primary.popleft()
        self._ask()

    def _ask(self) -> int:
        """Where the replica is; nowhere when it does not answer."""
        try:
            replayed = _position(REPLICA, REPLAYED)
        except Error:
            self.leave_alone()
            return 0
        with self._lock:
            self._replayed = max(self._replayed, replayed)
            while self._primary and self._primary[0][1] <= replayed:
                at, _ = self._primary.popleft()
                self._fresh_until = at + settings.REPLICA_MAX_LAG
        return replayed


_known = _Known()
_replica = _Replica()
