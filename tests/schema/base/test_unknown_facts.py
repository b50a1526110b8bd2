"""A newer version publishes what this one does not know: streams pass it over, and go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.chat.models import ChatRoom
from apps.chat.services.messages import Draft, send_message
from apps.core.selectors import position_now
from apps.orders.events import OrderPublished
from apps.orders.models import Order
from kernel import events
from kernel.events import Event
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, SubcategoryFactory
from tests.factories.chat import ChatRoomFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import OfferedServiceFactory
from tests.support.followers import await_listeners, following
from tests.support.graphql import gid
from tests.support.server import PROBE, Server, serving
from tests.support.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

HAPPENING = "__typename ... on ChatHappening { cursor }"
ROOM = (
    "subscription($id: ID!, $after: String)"
    f" {{ chatEvents(roomId: $id, after: $after) {{ {HAPPENING} %s }} }}"
)
#: The document is executed once for all, or for each of them.
SHARED, FOR_EACH = ROOM % "", ROOM % "... on ChatMessageSent { message { viewerCan } }"
INBOX = f"subscription($after: String) {{ chatInbox(after: $after) {{ {HAPPENING} }} }}"
ORDER = (
    "subscription($id: ID!, $after: String)"
    " { orderEvents(orderId: $id, after: $after) { type cursor } }"
)
MARKET = "subscription($after: String) { marketplaceEvents(after: $after) { type cursor } }"


@dataclass(frozen=True, kw_only=True)
class FromTheFuture(Event):
    """Something that the server under test has never heard of."""

    where: str

    def topics(self) -> list[str]:
        """Where it is told."""
        return [self.where]


@dataclass
class Scene:
    """A room that somebody follows, and an order that fits their business."""

    user: User
    room: ChatRoom
    order: Order

    def happen(self) -> None:
        """Have something happen that each stream tells of."""
        with transaction.atomic():
            send_message(room=self.room, sender=self.user, draft=Draft(content="Hello"))
            client = self.order.client_profile.user_profile.user_id
            events.publish(OrderPublished(order_id=self.order.pk, client_user_id=client))


@pytest.fixture
def scene() -> Scene:
    """A plumber in a room, and an order for a plumber."""
    plumbing = SubcategoryFactory(category=CategoryFactory())
    offered: Any = OfferedServiceFactory(subcategory=plumbing)
    user = offered.provider.user_profile.user
    place = {"latitude": offered.provider.latitude, "longitude": offered.provider.longitude}
    order = OrderFactory(published=True, service_subcategory=plumbing, **place)
    return Scene(user, ChatRoomFactory(between=[user, UserFactory()]), order)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a log of its own."""
    with serving(tmp_path_factory.mktemp("server"), application=PROBE) as server:
        yield server


def kinds(socket: Socket, count: int) -> list[str]:
    """What the next events are."""
    events_ = [next(iter(socket.answer()["1"]["data"].values())) for _ in range(count)]
    return [str(event.get("__typename") or event.get("type")) for event in events_]


FOLLOWED = {
    "a room": (SHARED, "chat:{room}", "ChatMessageSent"),
    "a room, for each": (FOR_EACH, "chat:{room}", "ChatMessageSent"),
    "an inbox": (INBOX, "user-chats:{user}", "ChatMessageSent"),
    "an order": (ORDER, "order:{order}", "OrderPublished"),
    "the market": (MARKET, "marketplace", "OrderPublished"),
}


@pytest.mark.parametrize("what", FOLLOWED)
def test_a_fact_that_is_not_known_is_passed_over_and_logged_once(
    server: Server, scene: Scene, what: str
):
    query, topic, told = FOLLOWED[what]
    keys = {"room": scene.room.pk, "user": scene.user.pk, "order": scene.order.pk}
    unknown = FromTheFuture(where=topic.format(**keys))
    given = {"id": gid(scene.order if query == ORDER else scene.room)} if "$id" in query else {}
    before = str(position_now())

    with following(server, query, scene.user, **given) as (socket,):
        await_listeners(server, 1)
        for _ in range(2):
            with transaction.atomic():
                events.publish(unknown)
        events.pass_on(unknown)
        scene.happen()
        live = kinds(socket, 1)
        scene.happen()
        live += kinds(socket, 1)
    with following(server, query, scene.user, after=before, **given) as (socket,):
        replayed = kinds(socket, 2)

    assert live == replayed == [told] * 2
    assert server.log.read_text().count("unknown_fact") == 1
