"""What each subscription follows, who may hear it, and what makes it speak.

A subscription that is missing here fails the build: add a function under ``@topics("itsName")``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.chat.events import (
    MessageDeleted,
    MessageEdited,
    MessagesDelivered,
    MessageSent,
    MessagesErased,
    MessagesRead,
    ParticipantPromoted,
    RoomUpdated,
)
from apps.chat.models import ChatMessage
from apps.leads.events import LeadAssigned, LeadOffered, LeadQuoted, LeadTaken
from apps.orders.events import BidPlaced, OrderPublished, OrderUpdated
from apps.orders.models import Bid
from kernel import events
from kernel.viewer import SYSTEM, acting_as
from tests.architecture.isolation.actors import OWNER, PARTY, PROVIDERS, STRANGER
from tests.architecture.isolation.calling import MissingInput, gid

if TYPE_CHECKING:
    from tests.architecture.isolation.world import World


@dataclass(frozen=True)
class Topic:
    """Something of the owner's that can be followed."""

    arguments: dict[str, Any]
    #: Whose streams carry it. What they read of it is another thing.
    heard_by: frozenset[str]
    #: Makes something happen there.
    cause: Callable[[], None]


TOPICS: dict[str, Callable[["World"], list[Topic]]] = {}


def topics(
    name: str,
) -> Callable[[Callable[["World"], list[Topic]]], Callable[["World"], list[Topic]]]:
    """The function gives what a subscription is asked to follow."""

    def register(make: Callable[["World"], list[Topic]]) -> Callable[["World"], list[Topic]]:
        TOPICS[name] = make
        return make

    return register


def topics_of(world: "World", name: str) -> list[Topic]:
    """What a subscription is asked to follow; MissingInput where nobody said it."""
    if name not in TOPICS:
        raise MissingInput(
            f"Nobody said what {name} follows: "
            f"add a function under @topics({name!r}) to {__file__}."
        )
    return TOPICS[name](world)


def told(*facts: events.Event) -> None:
    """Publish facts, as a service does."""
    with acting_as(SYSTEM), transaction.atomic():
        for fact in facts:
            events.publish(fact)


@topics("orderEvents")
def _order_events(world: "World") -> list[Topic]:
    situations = {
        "own": frozenset({OWNER}),
        "published": PROVIDERS,
        "won": frozenset({OWNER, PARTY}),
    }
    return [
        _order_events_of(world.side.first("orders.Order", situation), heard_by)
        for situation, heard_by in situations.items()
    ]


def _order_events_of(order: Any, heard_by: frozenset[str]) -> Topic:
    return Topic(
        arguments={"orderId": gid(order)},
        heard_by=heard_by,
        cause=lambda: told(OrderUpdated(order_id=order.pk), *_bids_on(order)),
    )


@topics("marketplaceEvents")
def _marketplace_events(world: "World") -> list[Topic]:
    """Somebody else's order, which is news for those in its trade, but not for its client."""
    order = world.foreign_side.first("orders.Order", "published")
    client = order.client_profile.user_profile.user_id
    return [
        Topic(
            arguments={},
            heard_by=PROVIDERS - {STRANGER},
            cause=lambda: told(OrderPublished(order_id=order.pk, client_user_id=client)),
        )
    ]


@topics("chatEvents")
def _chat_events(world: "World") -> list[Topic]:
    room = world.side.first("chat.ChatRoom")
    return [
        Topic(
            arguments={"roomId": gid(room)},
            heard_by=frozenset({OWNER, PARTY}),
            cause=lambda: told(*_in_room(room)),
        )
    ]


@topics("chatInbox")
def _chat_inbox(world: "World") -> list[Topic]:
    room = world.side.first("chat.ChatRoom")
    return [
        Topic(
            arguments={},
            heard_by=frozenset({OWNER, PARTY}),
            cause=lambda: told(*_in_room(room)),
        )
    ]


@topics("leadEvents")
def _lead_events(world: "World") -> list[Topic]:
    """What happens to a lead of the owner's that the other party has, and to one that it may."""
    held = world.side.first("leads.LeadAssignment", f"paid by {PARTY}")
    open_one = world.side.first("leads.LeadMatch", f"offered to {OWNER}")
    owner, party = world.side.me.user.pk, world.side.other.user.pk
    step = {
        "lead_id": held.lead_id,
        "client_user_id": owner,
        "assignment_id": held.pk,
        "provider_id": held.provider_id,
        "provider_user_id": party,
    }
    return [
        Topic(
            arguments={},
            heard_by=frozenset({OWNER, PARTY}),
            cause=lambda: told(LeadAssigned(**step), LeadQuoted(**step)),
        ),
        Topic(
            arguments={},
            heard_by=frozenset({OWNER}),
            cause=lambda: told(
                LeadOffered(lead_id=open_one.lead_id, user_ids=[str(owner)]),
                LeadTaken(lead_id=open_one.lead_id, user_ids=[str(owner)]),
            ),
        ),
    ]


def _in_room(room: Any) -> list[events.Event]:
    """Everything that can happen in a room."""
    said = [
        fact(
            room_id=room.pk,
            message_id=message.pk,
            number=message.number,
            sender_id=message.sender_id,
        )
        for message in ChatMessage.objects.filter(room=room).order_by("number")
        for fact in (MessageSent, MessageEdited, MessageDeleted)
    ]
    users = list(room.participations.order_by("pk").values_list("user_id", flat=True))
    done = [
        fact(room_id=room.pk, user_id=user, **more)
        for user in users
        for fact, more in (
            (MessagesRead, {"up_to": 1}),
            (MessagesDelivered, {"up_to": 1}),
            (ParticipantPromoted, {}),
        )
    ]
    erased = MessagesErased(room_id=room.pk, numbers=[1, 2])
    return [*said, *done, erased, RoomUpdated(room_id=room.pk, title="x", closed=False)]


def _bids_on(order: Any) -> list[events.Event]:
    """News of every bid on an order."""
    return [
        BidPlaced(order_id=order.pk, bid_id=bid.pk, provider_id=bid.provider_id)
        for bid in Bid.objects.filter(order=order).order_by("pk")
    ]
