"""Opening rooms, renaming and closing them."""

import strawberry

from apps.chat.services import rooms
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.mutation import mutation
from schema.chat.inputs.rooms import ChatRoomInput, OpenChatRoomInput, UpdateChatRoomInput
from schema.chat.mutations.openings import opening
from schema.chat.mutations.permitted import permitted_room
from schema.chat.mutations.rates import CHANGES
from schema.chat.types.rooms import ChatRoom


@strawberry.type
class RoomMutation:
    """Opening rooms, renaming and closing them."""

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Open a room, or go to the one of its kind that there is: an order has one for"
        " each provider, a lead one, two users one, a user one for support. Each GROUP is new.",
    )
    def open_chat_room(self, info: Info, input: OpenChatRoomInput) -> ChatRoom:
        """Open a room."""
        viewer = info.context.viewer
        return rooms.open_room(opening=opening(viewer, input), by=viewer.user)

    @mutation(gate=SignedIn, limit=CHANGES, description="Call a group of one's own something else.")
    def update_chat_room(self, info: Info, input: UpdateChatRoomInput) -> ChatRoom:
        """Rename a group."""
        room = permitted_room(info, "updateChatRoom", input.room_id)
        return rooms.update_room(room=room, title=input.title, version=input.version)

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Have nothing more be said in a room, which can still be read: an owner of the"
        " group, or staff.",
    )
    def close_chat_room(self, info: Info, input: ChatRoomInput) -> ChatRoom:
        """Close a room."""
        return rooms.close_room(room=permitted_room(info, "closeChatRoom", input.room_id))

    @mutation(gate=SignedIn, limit=CHANGES, description="Let a closed room be written in again.")
    def reopen_chat_room(self, info: Info, input: ChatRoomInput) -> ChatRoom:
        """Open a closed room again."""
        return rooms.reopen_room(room=permitted_room(info, "reopenChatRoom", input.room_id))
