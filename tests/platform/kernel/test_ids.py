"""Keys that sort by the time they were made."""

import time
from uuid import RFC_4122

from kernel.ids import uuid7
from tests.support.races import race


def test_a_key_is_a_uuid_of_version_seven_that_tells_its_time():
    before = time.time_ns() // 1_000_000
    key = uuid7()
    after = time.time_ns() // 1_000_000

    assert (key.version, key.variant) == (7, RFC_4122)
    assert before <= key.int >> 80 <= after


def test_keys_sort_in_the_order_in_which_a_thread_made_them():
    keys = [uuid7() for _ in range(20_000)]

    assert sorted(keys) == keys
    assert sorted(map(str, keys)) == [str(key) for key in keys]


def test_keys_made_in_many_threads_differ():
    made = race(*[lambda: [uuid7() for _ in range(5_000)]] * 8)

    keys = [key for batch in made for key in batch]
    assert len(set(keys)) == 40_000
