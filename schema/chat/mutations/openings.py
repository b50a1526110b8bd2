"""From what names a room to what opens it: which ids each kind of room asks for, and takes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from strawberry import relay

from apps.accounts.models import User
from apps.chat import access
from apps.chat.access import Opening
from apps.chat.models import ChatRoom
from apps.leads.models import LeadAssignment
from apps.orders.models import Order
from apps.providers.models import ServiceProviderProfile
from kernel.errors import DomainError
from kernel.viewer import Viewer
from schema.base.ids import key
from schema.chat.inputs.rooms import OpenChatRoomInput

Type = ChatRoom.Type


class SubjectRequired(DomainError):
    """A room of this kind is about something, or with somebody."""

    code = "subject_required"
    message = "Say what the room is about, or with whom it is."


class SubjectMismatch(DomainError):
    """What is named belongs to rooms of another kind."""

    code = "subject_mismatch"
    message = "This belongs to rooms of another kind."


#: What a kind of room cannot be opened without, and what may be said besides.
NEEDED: dict[Type, set[str]] = {
    Type.ORDER: {"order_id"},
    Type.LEAD: {"lead_assignment_id"},
    Type.DIRECT: {"user_id"},
}
TAKEN: dict[Type, set[str]] = {
    Type.ORDER: {"provider_id", "user_id"},
    Type.SUPPORT: {"user_id"},
    Type.GROUP: {"user_ids", "title"},
}
NAMES = ("order_id", "provider_id", "lead_assignment_id", "user_id", "user_ids", "title")


def opening(viewer: Viewer, input: OpenChatRoomInput) -> Opening:
    """The room that an input names, as far as the viewer may open it.

    Raises SubjectRequired, SubjectMismatch, InvalidId, or what the kind's own rule does.
    """
    kind = input.chat_type
    named = {name for name in NAMES if getattr(input, name) is not None}
    needed = NEEDED.get(kind, set())
    if named - needed - TAKEN.get(kind, set()):
        raise SubjectMismatch
    if needed - named:
        raise SubjectRequired
    return OPENINGS[kind](viewer, input)


def _order(viewer: Viewer, input: Any) -> Opening:
    return access.order_room(
        viewer,
        key(input.order_id, of=Order),
        provider_id=_optional(input.provider_id, ServiceProviderProfile),
        user_id=_optional(input.user_id, User),
    )


def _lead(viewer: Viewer, input: Any) -> Opening:
    return access.lead_room(viewer, key(input.lead_assignment_id, of=LeadAssignment))


def _direct(viewer: Viewer, input: Any) -> Opening:
    return access.direct_room(viewer, key(input.user_id, of=User))


def _support(viewer: Viewer, input: Any) -> Opening:
    return access.support_room(viewer, _optional(input.user_id, User))


def _group(viewer: Viewer, input: Any) -> Opening:
    user_ids = [key(id, of=User) for id in input.user_ids or ()]
    return access.group_room(viewer, user_ids, title=input.title or "")


def _optional(id: relay.GlobalID | None, model: Any) -> UUID | None:
    return None if id is None else key(id, of=model)


OPENINGS: dict[Type, Callable[[Viewer, Any], Opening]] = {
    Type.ORDER: _order,
    Type.LEAD: _lead,
    Type.DIRECT: _direct,
    Type.SUPPORT: _support,
    Type.GROUP: _group,
}
