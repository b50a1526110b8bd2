"""Who takes part in rooms: let in, taken out, helped, blocked."""

import strawberry

from apps.accounts.models import User as UserModel
from apps.chat import access
from apps.chat.models import ChatRoom as RoomModel
from apps.chat.services import rooms
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.chat.inputs.rooms import (
    AddChatParticipantsInput,
    ChatParticipantInput,
    ChatRoomInput,
)
from schema.chat.mutations.permitted import permitted_room
from schema.chat.mutations.rates import CHANGES
from schema.chat.types.rooms import ChatRoom

Blockers = staff("chat.change_chatparticipant")


@strawberry.type
class MemberMutation:
    """Who takes part in rooms."""

    @mutation(gate=SignedIn, limit=CHANGES, description="Let users into a group of one's own.")
    def add_chat_participants(self, info: Info, input: AddChatParticipantsInput) -> ChatRoom:
        """Let users in."""
        user_ids = [key(id, of=UserModel) for id in input.user_ids]
        return rooms.add_participants(
            room=permitted_room(info, "addChatParticipants", input.room_id),
            users=access.reachable_users(info.context.viewer, user_ids),
        )

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Take somebody out of a group: one of its owners, or staff.",
    )
    def remove_chat_participant(self, info: Info, input: ChatParticipantInput) -> ChatRoom:
        """Take somebody out."""
        return rooms.remove_participant(
            room=permitted_room(info, "removeChatParticipant", input.room_id),
            user_id=key(input.user_id, of=UserModel),
        )

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Take part in a room no longer. A group that loses its last owner belongs to"
        " its longest-standing member then.",
    )
    def leave_chat_room(self, info: Info, input: ChatRoomInput) -> Done:
        """Leave a room."""
        room = permitted_room(info, "leaveChatRoom", input.room_id)
        rooms.leave_room(participant=access.own_participation(info.context.viewer, room.pk))
        return Done()

    @mutation(
        gate=staff(access.AGENT), description="Help a user who asked for it, in their support room."
    )
    def join_support_room(self, info: Info, input: ChatRoomInput) -> ChatRoom:
        """Answer a request for help."""
        viewer, pk = info.context.viewer, key(input.room_id, of=RoomModel)
        opening = access.support_room_to_join(viewer, pk)
        return rooms.open_room(opening=opening, by=viewer.user)

    @mutation(gate=Blockers, description="Let somebody read in a room, and write no longer.")
    def block_chat_participant(self, info: Info, input: ChatParticipantInput) -> ChatRoom:
        """Block somebody in a room."""
        room = permitted_room(info, "blockChatParticipant", input.room_id)
        rooms.block_participant(room=room, user_id=key(input.user_id, of=UserModel))
        return room

    @mutation(gate=Blockers, description="Let somebody write in a room again.")
    def unblock_chat_participant(self, info: Info, input: ChatParticipantInput) -> ChatRoom:
        """Let somebody write again."""
        room = permitted_room(info, "unblockChatParticipant", input.room_id)
        rooms.unblock_participant(room=room, user_id=key(input.user_id, of=UserModel))
        return room
