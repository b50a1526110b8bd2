"""Following rooms live."""

from collections.abc import AsyncGenerator, Collection
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from apps.chat import access, models
from apps.core.models import EventRecord
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.streams import After, Stream, subscription
from schema.chat.types.events import SHAPES, ChatEvent, shape

#: The facts after which somebody takes part in other rooms than before.
COMINGS_AND_GOINGS = frozenset({"RoomOpened", "ParticipantAdded", "ParticipantLeft"})


@strawberry.type
class ChatSubscription:
    """Subscriptions to rooms."""

    @subscription(
        gate=SignedIn,
        description="What happens in a room that one takes part in, from a cursor on or now.",
    )
    async def chat_events(
        self,
        info: Info,
        room_id: Annotated[relay.GlobalID, strawberry.argument(description="The room.")],
        after: After = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """Follow a room."""
        pk = key(room_id, of=models.ChatRoom)

        def still(users: Collection[UUID]) -> Collection[UUID]:
            return access.present_among(pk, users)

        return Stream(
            gate=SignedIn,
            access=lambda viewer: access.own_participation(viewer, pk),
            topics=lambda _viewer: [f"chat:{pk}"],
            shape=shape,
            types=SHAPES,
            after=after,
            still=still,
        )

    @subscription(
        gate=SignedIn,
        description="What happens in all rooms that one takes part in, also in those that one "
        "comes into meanwhile.",
    )
    async def chat_inbox(self, info: Info, after: After = None) -> AsyncGenerator[ChatEvent, None]:
        """Follow all of one's rooms."""
        return Stream(
            gate=SignedIn,
            access=lambda _viewer: None,
            topics=_inbox_of,
            shape=shape,
            types=SHAPES,
            after=after,
            admits=_is_told,
            renews=COMINGS_AND_GOINGS,
        )


def _inbox_of(viewer: Viewer) -> list[str]:
    rooms = access.own_rooms(viewer).order_by("pk").values_list("pk", flat=True)
    return [f"user-chats:{viewer.user_id}", *(f"chat:{pk}" for pk in rooms)]


def _is_told(viewer: Viewer, record: EventRecord) -> bool:
    """Whether it is about a room of the viewer's, or about themselves."""
    if record.payload.get("user_id") == str(viewer.user_id):
        return True
    return access.own_rooms(viewer).filter(pk=record.payload["room_id"]).exists()
