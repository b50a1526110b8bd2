"""Nobody hears what is not theirs: each subscription, as the nine, over a real server.

These tests commit what they do, so they stand apart from those that share a module's world.
"""

from pathlib import Path

import pytest

from tests.architecture.isolation import documents, outside
from tests.architecture.isolation.actors import STRANGER
from tests.architecture.isolation.following import leaks_of_subscription
from tests.architecture.isolation.reading import report
from tests.architecture.isolation.world import World
from tests.support.server import serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.deep
def test_no_stream_tells_anybody_what_is_not_theirs(tmp_path: Path):
    world = World()

    with serving(tmp_path) as server:
        found = [
            leak
            for name in documents.SUBSCRIPTIONS
            for leak in leaks_of_subscription(world, server.ws_url, name)
        ]

    assert not found, report(found)
    assert outside.leaks_of_log(world, server.log.read_text().splitlines()) == []


@pytest.mark.soak
def test_a_stream_that_everybody_may_follow_is_found(tmp_path: Path):
    world = World()

    leaky = "tests.architecture.isolation.leaky_asgi:application"
    with serving(tmp_path, application=leaky) as server:
        found = leaks_of_subscription(world, server.ws_url, "orderEvents")

    assert f"{STRANGER}: orderEvents shows orders.Order.title (own of owner)" in found
