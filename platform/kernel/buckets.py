"""Rate limits: one token bucket, in Redis for all processes, and a stricter one here without it.

A bucket holds ``capacity`` tokens and is full again ``seconds`` after it was empty. Each try takes
some from each of its buckets, or none from any.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from threading import Lock

import redis
import structlog
from django.conf import settings

from kernel.errors import DomainError
from kernel.rates import Rate
from kernel.valkey import valkey

log = structlog.get_logger(__name__)

#: Takes tokens from every bucket, or says in how many milliseconds the emptiest has enough, and
#: what is left in each. Redis's own clock: those of the web hosts may differ.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local asked = tonumber(ARGV[1])
local wait, levels = 0, {}
for i, key in ipairs(KEYS) do
    local capacity, span = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local held = redis.call('HMGET', key, 'tokens', 'at')
    local tokens = capacity
    if held[1] then
        local grown = (now - tonumber(held[2])) * capacity / span
        tokens = math.min(capacity, tonumber(held[1]) + math.max(0, grown))
    end
    levels[i] = tokens
    if tokens < asked then
        wait = math.max(wait, math.ceil((asked - tokens) * span / capacity))
    end
end
local left = {tostring(wait)}
for i, key in ipairs(KEYS) do
    local capacity, span = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    if wait == 0 then
        levels[i] = math.min(capacity, levels[i] - asked)
        redis.call('HSET', key, 'tokens', tostring(levels[i]), 'at', now)
        redis.call('PEXPIRE', key, span)
    end
    left[i + 1] = tostring(levels[i])
end
return left
"""

#: Seconds that Redis is left alone after it did not answer.
PAUSE = 1.0
#: The share of a bucket that each process gives without Redis.
LOCAL_SHARE = 0.5
#: Local buckets that are kept; the ones used longest ago go first.
LOCAL_BUCKETS = 10_000


class RateLimited(DomainError):
    """Too many tries; ``retry_after`` is the seconds until another one can work, ``left`` what is
    left in each bucket.
    """

    code = "rate_limited"
    message = "Too many tries. Try again in %(seconds)s s."

    def __init__(self, retry_after: int, left: Sequence[float] = ()) -> None:
        super().__init__(params={"seconds": retry_after})
        self.retry_after, self.left = retry_after, left


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket: what it counts, whose it is, and its rate."""

    name: str
    owner: str
    rate: Rate

    @property
    def key(self) -> str:
        """Its name in Redis; the owner, who may be an email address, as a digest."""
        digest = hashlib.sha256(self.owner.encode()).hexdigest()[:32]
        return f"{settings.RATE_PREFIX}:{self.name}:{digest}"


def network_of(address: str | None) -> str:
    """What an address is counted as: in IPv6, whoever has one has the other 2^64 of its network."""
    if not address:
        return ""
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def take(*buckets: Bucket, tokens: int = 1) -> list[float]:
    """Take tokens from each bucket, or none from any; fewer than none are given back. Returns what
    is left in each; raises RateLimited.
    """
    wait, left = _taker.take(buckets, tokens)
    if wait > 0:
        raise RateLimited(max(1, ceil(wait)), left)
    return left


#: The seconds to wait, and what is left in each bucket.
Taken = tuple[float, list[float]]


class _Taker:
    """Takes from Redis, or from this process's own buckets while Redis is away."""

    def __init__(self) -> None:
        self._away_until = 0.0
        self._local: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, buckets: tuple[Bucket, ...], tokens: int) -> Taken:
        if time.monotonic() >= self._away_until:
            try:
                return self._take_from_redis(buckets, tokens)
            except (redis.RedisError, OSError):
                self._away_until = time.monotonic() + PAUSE
                log.warning("rate_limits_are_local")
        return self._take_locally(buckets, tokens)

    def _take_from_redis(self, buckets: tuple[Bucket, ...], tokens: int) -> Taken:
        numbers = [n for b in buckets for n in (b.rate.capacity, int(b.rate.seconds * 1000))]
        keys = [bucket.key for bucket in buckets]
        wait, *left = valkey().eval(SCRIPT, len(keys), *keys, tokens, *numbers)
        return int(wait) / 1000, [float(each) for each in left]

    def _take_locally(self, buckets: tuple[Bucket, ...], tokens: int) -> Taken:
        now = time.monotonic()
        with self._lock:
            levels = [self._level(bucket, now) for bucket in buckets]
            wait = max(
                (tokens - level) * bucket.rate.seconds / (bucket.rate.capacity * LOCAL_SHARE)
                for bucket, level in zip(buckets, levels, strict=True)
            )
            if wait > 0:
                return wait, levels
            left = [level - tokens for level in levels]
            for bucket, level in zip(buckets, left, strict=True):
                self._local.pop(bucket.key, None)
                self._local[bucket.key] = (level, now)
            while len(self._local) > LOCAL_BUCKETS:
                self._local.pop(next(iter(self._local)))
        return 0, left

    def _level(self, bucket: Bucket, now: float) -> float:
        capacity = max(1.0, bucket.rate.capacity * LOCAL_SHARE)
        tokens, at = self._local.get(bucket.key, (capacity, now))
        grown = (now - at) * bucket.rate.capacity * LOCAL_SHARE / bucket.rate.seconds
        return min(capacity, tokens + grown)


_taker = _Taker()
