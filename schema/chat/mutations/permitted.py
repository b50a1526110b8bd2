"""From ids to the rooms on which an action is permitted."""

from strawberry import relay

from apps.chat import access
from apps.chat.models import ChatRoom as RoomModel
from schema.base.context import Info
from schema.base.ids import key


def permitted_room(info: Info, action: str, id: relay.GlobalID) -> RoomModel:
    """The room, where the viewer may do that to it; raises NotFound or the action's refusal."""
    room: RoomModel = access.ROOM_ACTIONS.permit(info.context.viewer, action, key(id, of=RoomModel))
    return room
