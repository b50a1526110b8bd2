"""Rooms, what is said there, and what staff do about it."""

from typing import Any

from tests.architecture.isolation.actors import ADMIN, PARTY, SIGNED_IN
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side, World
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.chat import (
    ChatReportFactory,
    ChatRoomFactory,
    ChatTemplateFactory,
    MessageFactory,
)
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.orders import AssignmentFactory, BidFactory, OrderFactory

BOTH = frozenset({PARTY})
TEMPLATE = {"name": "Welcome", "content": "Hello {{you}}", "variables": ["you"]}


def _group(side: Side, **traits: Any) -> Any:
    """A group of one's own with the other."""
    return ChatRoomFactory(between=[side.me.user, side.other.user], **traits)


def _room(side: Side) -> Any:
    """A room of the two that is nobody's own."""
    return ChatRoomFactory(direct=True, between=[side.me.user, side.other.user])


def _friend(side: Side) -> Any:
    """Somebody whom nobody else knows."""
    friend = UserFactory()
    side.me.user.friends.add(friend)
    return friend


@arguments("chatMessages")
def _chat_messages(world: World) -> list[Input]:
    return [{"roomId": gid(room)} for room in world.samples("chat.ChatRoom")]


@arguments("searchChatMessages")
def _search_chat_messages(world: World) -> list[Input]:
    marks = world.canaries.marks.values()
    words = [m.value for m in marks if (m.label, m.column) == ("chat.ChatMessage", "content")]
    return [{"search": " or ".join(words[i : i + 15])} for i in range(0, len(words), 15)]


@valid("openChatRoom", open_to={"orderId": BOTH, "providerId": BOTH})
def _open_order_room(side: Side) -> Input:
    return {"chatType": "ORDER", "orderId": _work(side), "providerId": gid(side.other.provider)}


@valid("openChatRoom", open_to={"orderId": BOTH, "userId": BOTH})
def _open_order_room_by_user(side: Side) -> Input:
    return {"chatType": "ORDER", "orderId": _work(side), "userId": gid(side.other.user)}


def _work(side: Side) -> str:
    """One's own order, which the other carries out."""
    order = OrderFactory(client_profile=side.me.client, status="ASSIGNED", bid_count=1)
    AssignmentFactory(bid=BidFactory(order=order, provider=side.other.provider, accepted=True))
    return gid(order)


@valid("openChatRoom", open_to={"leadAssignmentId": BOTH})
def _open_lead_room(side: Side) -> Input:
    lead = LeadAssignmentFactory(
        lead__client=side.me.user,
        lead__category=CategoryFactory._meta.model.objects.earliest("created_at"),
        provider=side.other.provider,
    )
    return {"chatType": "LEAD", "leadAssignmentId": gid(lead)}


@valid("openChatRoom")
def _open_direct_room(side: Side) -> Input:
    return {"chatType": "DIRECT", "userId": gid(_friend(side))}


@valid("openChatRoom", by=ADMIN)
def _open_support_room(side: Side) -> Input:
    return {"chatType": "SUPPORT", "userId": gid(UserFactory())}


@valid("openChatRoom")
def _open_group(side: Side) -> Input:
    return {"chatType": "GROUP", "userIds": [gid(_friend(side))], "title": "Crew"}


@valid("updateChatRoom")
def _update_chat_room(side: Side) -> Input:
    return {"roomId": gid(_group(side)), "title": "Tap crew"}


@valid("closeChatRoom")
def _close_chat_room(side: Side) -> Input:
    return {"roomId": gid(_group(side))}


@valid("reopenChatRoom")
def _reopen_chat_room(side: Side) -> Input:
    return {"roomId": gid(_group(side, closed=True))}


@valid("addChatParticipants")
def _add_chat_participants(side: Side) -> Input:
    return {"roomId": gid(_group(side)), "userIds": [gid(_friend(side))]}


@valid("removeChatParticipant")
def _remove_chat_participant(side: Side) -> Input:
    return {"roomId": gid(_group(side)), "userId": gid(side.other.user)}


@valid("joinSupportRoom", by=ADMIN)
def _join_support_room(side: Side) -> Input:
    asking = side.me.user
    room = ChatRoomFactory(support=True, identity=f"support:{asking.pk}", between=[asking])
    return {"roomId": gid(room)}


@valid("blockChatParticipant", by=ADMIN)
@valid("unblockChatParticipant", by=ADMIN)
def _block_chat_participant(side: Side) -> Input:
    return {"roomId": gid(_group(side)), "userId": gid(side.other.user)}


@valid(
    "sendMessage",
    open_to={"roomId": BOTH, "replyToId": BOTH, "templateId": SIGNED_IN},
)
def _send_message(side: Side) -> Input:
    room = _room(side)
    return {
        "roomId": gid(room),
        "replyToId": gid(MessageFactory(room=room, sender=side.other.user)),
        "templateId": gid(ChatTemplateFactory()),
        "templateValues": [{"name": "name", "value": "Sam"}],
        "file": File(),
    }


@valid("editMessage")
def _edit_message(side: Side) -> Input:
    return {"messageId": _said(side, by=side.me), "content": "It drips."}


@valid("deleteMessage")
def _delete_message(side: Side) -> Input:
    return {"messageId": _said(side, by=side.me)}


@valid("reportMessage")
def _report_message(side: Side) -> Input:
    return {"messageId": _said(side, by=side.other), "reason": "SPAM"}


def _said(side: Side, *, by: Any) -> str:
    return gid(MessageFactory(room=_room(side), sender=by.user))


@valid("resolveChatReport", by=ADMIN)
def _resolve_chat_report(side: Side) -> Input:
    message = MessageFactory(room=_room(side), sender=side.other.user)
    report = ChatReportFactory(message=message, reporter=side.me.user)
    return {"reportId": gid(report), "status": "UPHELD", "notes": "Spam."}


@valid("markRoomRead", open_to={"roomId": BOTH})
@valid("markRoomDelivered", open_to={"roomId": BOTH})
@valid("leaveChatRoom", open_to={"roomId": BOTH})
@valid("muteRoom", open_to={"roomId": BOTH})
@valid("setPresence", open_to={"roomId": BOTH})
@valid("setTyping", open_to={"roomId": BOTH})
def _own_room(side: Side) -> Input:
    return {"roomId": gid(_room(side))}


@valid("createChatTemplate", by=ADMIN)
def _create_chat_template(side: Side) -> Input:
    return TEMPLATE


@valid("updateChatTemplate", by=ADMIN)
def _update_chat_template(side: Side) -> Input:
    return {"templateId": gid(ChatTemplateFactory()), **TEMPLATE}


@valid("deleteChatTemplate", by=ADMIN)
def _delete_chat_template(side: Side) -> Input:
    return {"templateId": gid(ChatTemplateFactory())}


@valid("restoreChatTemplate", by=ADMIN)
def _restore_chat_template(side: Side) -> Input:
    template = ChatTemplateFactory()
    template.soft_delete()
    return {"templateId": gid(template)}
