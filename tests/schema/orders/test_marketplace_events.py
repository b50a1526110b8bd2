"""A provider hears at once of newly published orders that fit its trade and its place."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from apps.accounts.services.sessions import start_session
from apps.orders.models import Order
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.orders import publish_order
from apps.providers.models import ServiceProviderProfile
from kernel.viewer import SYSTEM, acting_as
from schema.base.signals import group_of
from tests.factories.accounts import UserFactory
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.followers import following
from tests.support.graphql import gid
from tests.support.server import Server, serving
from tests.support.sockets import Socket, connected
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = """subscription($filter: OrderFilter, $after: String) {
  marketplaceEvents(filter: $filter, after: $after) {
    type cursor order { title location } bid { id }
  }
}"""
#: Kilometres from Cape Town: Stellenbosch 40, Johannesburg 1,260.
CAPE_TOWN = {"latitude": -33.93, "longitude": 18.46}
STELLENBOSCH = {"latitude": -33.93, "longitude": 18.86}
JOHANNESBURG = {"latitude": -26.2, "longitude": 28.04}


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """A real server on the tests' database."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        yield server


@pytest.fixture
def plumbing() -> Any:
    """A service."""
    return SubcategoryFactory(category=CategoryFactory())


def plumber(plumbing: Any, **details: Any) -> ServiceProviderProfile:
    """A verified provider in Cape Town who goes 25 km to fix pipes."""
    return OfferedServiceFactory(subcategory=plumbing, provider=ProviderFactory(**details)).provider


def order(plumbing: Any, **details: Any) -> Order:
    """A draft in Cape Town."""
    return OrderFactory(**{"service_subcategory": plumbing, **CAPE_TOWN, **details})


def publish(draft: Order) -> None:
    """Publish a draft, as its client does."""
    with acting_as(SYSTEM):
        publish_order(order=draft)


@contextmanager
def listening(
    server: Server, *providers: ServiceProviderProfile, **variables: Any
) -> Iterator[list[Socket]]:
    """The sockets of providers who follow the market."""
    users = [provider.user_profile.user for provider in providers]
    with following(server, FOLLOW, *users, **variables) as sockets:
        wait_until(_is_followed)
        assert all(socket.is_silent() for socket in sockets)
        yield sockets


def _is_followed() -> bool:
    with Redis.from_url(settings.REDIS_URL) as redis:
        return bool(redis.pubsub_channels(f"*{group_of('marketplace')}"))


def titles(socket: Socket, count: int) -> list[str]:
    """The titles of the next orders that a socket tells of."""
    events = [socket.answer()["1"]["data"]["marketplaceEvents"] for _ in range(count)]
    return [event["order"]["title"] for event in events]


def test_a_fitting_order_is_told_of_within_a_second(server: Server, plumbing: Any) -> None:
    with listening(server, plumber(plumbing)) as (socket,):
        publish(order(plumbing, title="Tap"))
        published = time.monotonic()

        event = socket.answer()["1"]["data"]["marketplaceEvents"]

    assert time.monotonic() - published < 1
    assert event["type"] == "OrderPublished"
    assert event["order"] == {"title": "Tap", "location": None}
    assert event["bid"] is None


def test_others_trades_and_places_are_not_told_of(server: Server, plumbing: Any) -> None:
    roofing = SubcategoryFactory(category=CategoryFactory(name="Roofing"))
    with listening(server, plumber(plumbing)) as (socket,):
        publish(order(roofing, title="Another trade"))
        publish(order(plumbing, title="Too far", **JOHANNESBURG))
        publish(order(plumbing, title="Just too far", **STELLENBOSCH))
        publish(order(plumbing, title="Fits"))

        assert titles(socket, 1) == ["Fits"]


def test_an_area_of_ones_own_reaches_further_than_ones_travels(
    server: Server, plumbing: Any
) -> None:
    area = AreaFactory()
    provider = plumber(plumbing)
    provider.service_areas.add(area)
    with listening(server, provider) as (socket,):
        publish(order(plumbing, title="In the area", area=area, **JOHANNESBURG))

        assert titles(socket, 1) == ["In the area"]


def test_a_filter_narrows_it_down(server: Server, plumbing: Any) -> None:
    with listening(server, plumber(plumbing), filter={"urgency": "URGENT"}) as (socket,):
        publish(order(plumbing, title="Whenever", urgency="LOW", urgency_is_named=True))
        publish(order(plumbing, title="Now", urgency="URGENT", urgency_is_named=True))

        assert titles(socket, 1) == ["Now"]


def test_what_was_missed_is_told_of_if_it_is_still_open(server: Server, plumbing: Any) -> None:
    provider = plumber(plumbing)
    with listening(server, provider) as (socket,):
        publish(order(plumbing, title="Before"))
        cursor = socket.answer()["1"]["data"]["marketplaceEvents"]["cursor"]
    gone, still = order(plumbing, title="Gone"), order(plumbing, title="Still there")
    publish(gone)
    publish(still)
    with acting_as(SYSTEM):
        cancel_order(order=gone)

    token = start_session(user=provider.user_profile.user).access_token
    with connected(server.ws_url, token=token) as socket:
        socket.subscribe("1", FOLLOW, variables={"after": cursor})

        assert titles(socket, 1) == ["Still there"]
        assert socket.is_silent()


def test_those_who_may_not_bid_hear_nothing(server: Server, plumbing: Any) -> None:
    draft = order(plumbing, title="One's own")
    client = ProviderFactory(user_profile=draft.client_profile.user_profile)
    OfferedServiceFactory(subcategory=plumbing, provider=client)
    away = plumber(plumbing, is_available=False)
    heard = plumber(plumbing)
    with listening(server, client, away, heard) as (own, absent, socket):
        publish(draft)

        assert titles(socket, 1) == ["One's own"]
        assert own.is_silent()
        assert absent.is_silent()


def test_losing_the_verification_ends_it_with_the_next_order(server: Server, plumbing: Any) -> None:
    provider = plumber(plumbing)
    with listening(server, provider) as (socket,):
        publish(order(plumbing, title="First"))
        assert titles(socket, 1) == ["First"]
        second = order(plumbing, title="Second")
        publish(second)
        assert titles(socket, 1) == ["Second"]
        ServiceProviderProfile.objects.filter(pk=provider.pk).update(is_verified_provider=False)
        publish(order(plumbing, title="Third"))

        assert socket.is_silent()


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("nobody", "not_signed_in"),
        ("a client", "no_provider_profile"),
        ("an unverified provider", "provider_not_verified"),
    ],
)
def test_it_is_for_verified_providers(server: Server, who: str, code: str) -> None:
    users = {
        "a client": lambda: UserFactory(),
        "an unverified provider": lambda: (
            ProviderFactory(is_verified_provider=False).user_profile.user
        ),
    }
    token = start_session(user=users[who]()).access_token if who in users else None

    with connected(server.ws_url, token=token, init=True) as socket:
        socket.subscribe("1", FOLLOW)

        assert socket.error() == ("1", code)


def test_one_order_can_be_waited_for(server: Server, plumbing: Any) -> None:
    provider = plumber(plumbing)
    draft = order(plumbing)
    ids = {"id": {"exact": gid(draft)}}
    with listening(server, provider, filter=ids) as (socket,):
        publish(order(plumbing, title="Another"))
        publish(draft)

        assert titles(socket, 1) == [draft.title]
