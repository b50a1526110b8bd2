"""Token buckets: in Redis for all processes, stricter in this one without it."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as configured
from pytest_django import Settings
from redis import Redis

from kernel import buckets
from kernel.buckets import Bucket, RateLimited, take
from kernel.rates import Rate
from server.valkey import Valkey
from tests.support.races import race
from tests.support.threads import wait_until

#: Slow enough that nothing comes back within a test.
HOUR = 3600.0
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def taker(monkeypatch: pytest.MonkeyPatch) -> "buckets._Taker":
    """What a process begins with: no connection, no buckets of its own."""
    taker = buckets._Taker()
    monkeypatch.setattr(buckets, "_taker", taker)
    return taker


@pytest.fixture
def valkey(settings: Settings) -> Iterator[Valkey]:
    """A server of the test's own, which it may end."""
    # As root, Valkey runs as another user, who may not enter pytest's folder.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        server = Valkey(Path(name) / "valkey", throwaway=True)
        server.start()
        settings.REDIS_URL = server.url
        try:
            yield server
        finally:
            server.kill()


def bucket(
    capacity: int = 4, seconds: float = HOUR, *, owner: str = "ben", name: str = "TRY"
) -> Bucket:
    """A bucket."""
    return Bucket(name, owner, Rate(capacity, seconds))


def works(*wanted: Bucket) -> bool:
    """Whether a try is let through."""
    try:
        take(*wanted)
    except RateLimited:
        return False
    return True


def taken(*wanted: Bucket, tries: int = 20) -> int:
    """How many of some tries are let through."""
    return sum(works(*wanted) for _ in range(tries))


def keys() -> dict[str, dict[bytes, bytes]]:
    """What Redis holds of this test."""
    with Redis.from_url(configured.REDIS_URL) as redis:
        names = redis.keys(f"{configured.RATE_PREFIX}:*")
        return {name.decode(): redis.hgetall(name) for name in names}


def test_a_bucket_gives_its_capacity_at_once_and_no_more():
    assert [works(bucket(4)) for _ in range(6)] == [True] * 4 + [False] * 2


def test_buckets_of_others_and_of_other_names_are_full():
    taken(bucket(4))

    assert works(bucket(4, owner="ada"))
    assert works(bucket(4, name="OTHER"))
    assert not works(bucket(4))


def test_the_wait_is_as_long_as_one_token_takes():
    taken(bucket(4, 100.0))

    with pytest.raises(RateLimited) as first:
        take(bucket(4, 100.0))
    with pytest.raises(RateLimited) as second:
        take(bucket(4, 100.0))

    assert first.value.retry_after in (24, 25)
    assert second.value.retry_after <= first.value.retry_after, "A refused try costs nothing."
    assert first.value.code == "rate_limited"
    assert first.value.messages == [f"Too many tries. Try again in {first.value.retry_after} s."]


def test_after_the_wait_a_try_works_and_before_it_none():
    spent = bucket(1, 2.0)
    take(spent)

    with pytest.raises(RateLimited) as refused:
        take(spent)
    time.sleep(refused.value.retry_after / 2)
    half_way = works(spent)
    time.sleep(refused.value.retry_after / 2)

    assert (refused.value.retry_after, half_way) == (2, False)
    assert works(spent)


def test_tokens_come_back_one_by_one_and_never_more_than_fit():
    spent = bucket(20, 1.0)
    start = time.monotonic()
    assert taken(spent, tries=20) == 20
    time.sleep(0.25)

    back = taken(spent, tries=40)
    passed = time.monotonic() - start
    time.sleep(1.5)
    start = time.monotonic()
    full = taken(spent, tries=40)

    assert 5 <= back <= passed * 20 + 1
    assert 20 <= full <= 20 + (time.monotonic() - start) * 20 + 1


def test_several_buckets_give_all_or_none():
    roomy, narrow = bucket(10, owner="address"), bucket(3, owner="account")

    both = taken(roomy, narrow)
    left = taken(roomy)

    assert (both, left) == (3, 7)


def test_the_longest_wait_of_several_buckets_is_told():
    short, long = bucket(1, 10.0, owner="short"), bucket(1, 500.0, owner="long")
    take(short, long)

    with pytest.raises(RateLimited) as refused:
        take(short, long)

    assert refused.value.retry_after in (499, 500)


def test_of_many_tries_at_once_exactly_the_capacity_gets_through():
    outcomes = race(*[partial(works, bucket(10))] * 48)

    assert (outcomes.count(True), outcomes.count(False)) == (10, 38)


def test_of_many_tries_at_once_on_two_buckets_exactly_the_smaller_capacity_gets_through():
    roomy, narrow = bucket(40, owner="address"), bucket(7, owner="account")

    outcomes = race(*[partial(works, roomy, narrow)] * 48)

    assert outcomes.count(True) == 7
    assert taken(roomy, tries=60) == 33


def test_processes_share_their_buckets(monkeypatch: pytest.MonkeyPatch):
    taken(bucket(4), tries=3)

    monkeypatch.setattr(buckets, "_taker", buckets._Taker())

    assert taken(bucket(4)) == 1


def test_redis_hears_no_email_address_and_forgets_full_buckets():
    take(bucket(owner="ben.botha@example.org", seconds=50.0))

    (name,) = keys()
    with Redis.from_url(configured.REDIS_URL) as redis:
        lasts = redis.ttl(name)

    assert "ben" not in name
    assert "@" not in name
    assert 45 <= lasts <= 50


@pytest.mark.parametrize("value", ["text", "list", "rubbish"])
def test_a_key_that_is_no_bucket_lets_nobody_through_more_often(value: str):
    spent = bucket(10)
    with Redis.from_url(configured.REDIS_URL) as redis:
        write = {
            "text": lambda: redis.set(spent.key, "1000000"),
            "list": lambda: redis.rpush(spent.key, "1000000"),
            "rubbish": lambda: redis.hset(spent.key, mapping={"tokens": "many", "at": "never"}),
        }[value]
        write()

    assert taken(spent) == 5


def test_without_redis_each_process_gives_half_a_bucket(settings: Settings):
    settings.REDIS_URL = NOWHERE

    assert taken(bucket(10)) == 5
    assert taken(bucket(1, owner="one")) == 1
    assert taken(bucket(10, owner="ada"), bucket(4, owner="address")) == 2


def test_without_redis_the_wait_is_true_too(settings: Settings):
    settings.REDIS_URL = NOWHERE
    spent = bucket(4, 4.0)
    start = time.monotonic()
    assert taken(spent, tries=2) == 2

    with pytest.raises(RateLimited) as refused:
        take(spent)
    early = works(spent) and time.monotonic() - start < 2
    time.sleep(refused.value.retry_after)

    assert (refused.value.retry_after, early) == (2, False)
    assert works(spent)


def test_without_redis_many_at_once_get_half_a_bucket_between_them(settings: Settings):
    settings.REDIS_URL = NOWHERE

    outcomes = race(*[partial(works, bucket(10))] * 48)

    assert outcomes.count(True) == 5


def test_without_redis_a_bounded_number_of_buckets_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, taker: "buckets._Taker"
):
    settings.REDIS_URL = NOWHERE
    monkeypatch.setattr(buckets, "LOCAL_BUCKETS", 50)
    taken(bucket(10, owner="used all along"))

    for number in range(500):
        take(bucket(1000, owner="busy"))
        take(bucket(owner=f"one of many {number}"))

    assert len(taker._local) == 50
    assert taken(bucket(1000, owner="busy"), tries=600) == 0


def test_redis_that_dies_makes_limits_stricter_and_that_returns_shares_them_again(valkey: Valkey):
    with_redis = taken(bucket(10), tries=3)
    start = time.monotonic()

    valkey.kill()
    without = taken(bucket(10))
    lasted = time.monotonic() - start
    valkey.start()
    wait_until(lambda: works(bucket(10, owner="probe")) and keys(), seconds=10)

    assert (with_redis, without) == (3, 5)
    assert lasted < 2, "Redis is left alone after it did not answer."
    assert taken(bucket(10)) == 10
    assert len(keys()) == 2


def test_redis_that_hangs_holds_nobody_up_for_long(valkey: Valkey):
    take(bucket(10))
    assert valkey.pid
    start = time.monotonic()

    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        without = taken(bucket(10))
    finally:
        os.kill(valkey.pid, signal.SIGCONT)

    assert without == 5
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "/60", "10/", "0/60", "-1/60", "10/0", "10/-1", "1.5/60", "a/b", "1/2/3"),
        *("10/nan", "10/inf"),
    ],
)
def test_what_is_no_rate_is_refused(text: str):
    with pytest.raises(ValueError, match="is no rate"):
        Rate.parse(text)


def test_a_rate_is_tries_and_seconds():
    assert Rate.parse("10/0.5") == Rate(10, 0.5)
