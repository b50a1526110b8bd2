"""Who may open which room, who takes part in it, and what they may do there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.models import ChatMessage, ChatParticipant, ChatReport, ChatRoom, ChatTemplate
from apps.leads.models import LeadAssignment
from apps.orders.access import order_visible_to
from apps.orders.models import Bid
from apps.organizations.models import Membership
from apps.providers.models import ServiceProviderProfile
from kernel.actions import NEVER, Actions
from kernel.errors import NotFound
from kernel.lookup import among, one_of
from kernel.viewer import Viewer

Role, Type = ChatParticipant.Role, ChatRoom.Type

#: What lets staff answer requests for help, and close rooms.
AGENT = "chat.change_chatroom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A room that somebody may open: what makes it the one of its kind, and who takes part."""

    chat_type: ChatRoom.Type
    identity: str | None
    roles: Mapping[UUID, ChatParticipant.Role]
    title: str = ""
    subject: Mapping[str, UUID] = field(default_factory=dict)


def order_room(
    viewer: Viewer,
    order_id: UUID,
    *,
    provider_id: UUID | None = None,
    user_id: UUID | None = None,
) -> Opening:
    """The room of an order's client and of one who bids on it or carries it out. The client names
    the provider, or their user; without, it is the one who carries it out.

    Raises NotFound, or ProviderRequired.
    """
    order = order_visible_to(viewer, order_id)
    client_id = order.client_profile.user_profile.user_id
    is_client, names_one = viewer.user_id == client_id, bool(provider_id or user_id)
    if not is_client:
        wanted = Q(user_profile__user=viewer.user_id)
    elif names_one:
        wanted = Q(pk=provider_id) if provider_id else Q(user_profile__user=user_id)
    else:
        wanted = Q(assignments__order=order_id)
    talking = _talking_about(order_id).filter(wanted)
    provider_user_id = talking.values_list("user_profile__user", flat=True).first()
    if provider_user_id is None:
        raise NotFound if names_one or not is_client else errors.ProviderRequired
    return Opening(
        chat_type=Type.ORDER,
        identity=f"order:{order_id}:{provider_user_id}",
        roles={client_id: Role.MEMBER, provider_user_id: Role.MEMBER},
        subject={"order_id": order_id},
    )


def _talking_about(order_id: UUID) -> QuerySet[ServiceProviderProfile]:
    """The businesses that an order's client talks with about it: its standing bidders, and the one
    who carries it out.
    """
    gone = [Bid.Status.WITHDRAWN, Bid.Status.REJECTED]
    bids = Bid.objects.filter(order=order_id).exclude(status__in=gone)
    found: QuerySet[ServiceProviderProfile] = ServiceProviderProfile.objects.filter(
        Q(pk__in=bids.values("provider")) | Q(assignments__order=order_id),
        user_profile__user__is_deleted=False,
        user_profile__user__blocked=False,
    )
    return found


def lead_room(viewer: Viewer, assignment_id: UUID) -> Opening:
    """The room of a lead's client and of a provider who paid for it. Raises NotFound, also for a
    visitor's lead: who has no account cannot write here.
    """
    paid = LeadAssignment.objects.visible_to(viewer).paid().filter(lead__is_deleted=False)
    assignment = one_of(
        paid.select_related("lead", "provider__user_profile").exclude(lead__client=None),
        pk=assignment_id,
    )
    parties = (assignment.lead.client_id, assignment.provider.user_profile.user_id)
    if viewer.user_id not in parties:
        raise NotFound
    return Opening(
        chat_type=Type.LEAD,
        identity=f"lead:{assignment_id}",
        roles=dict.fromkeys(parties, Role.MEMBER),
        subject={"lead_assignment_id": assignment_id},
    )


def direct_room(viewer: Viewer, user_id: UUID) -> Opening:
    """The room of the viewer and a user whom they may write to. Raises NotFound or OwnRoom."""
    if user_id == viewer.user_id:
        raise errors.OwnRoom
    other = one_of(reachable(viewer), pk=user_id)
    assert viewer.user_id is not None
    smaller, larger = sorted((viewer.user_id, other.pk))
    return Opening(
        chat_type=Type.DIRECT,
        identity=f"direct:{smaller}:{larger}",
        roles=dict.fromkeys((smaller, larger), Role.MEMBER),
    )


def support_room(viewer: Viewer, user_id: UUID | None = None) -> Opening:
    """The room in which a user asks the platform for help: the viewer's own, or, for staff who
    answer there, anybody's. Raises NotFound.
    """
    assert viewer.user_id is not None
    asking = user_id or viewer.user_id
    roles = {asking: Role.MEMBER}
    if asking != viewer.user_id:
        if not viewer.has_permission(AGENT):
            raise NotFound
        one_of(User.objects.all(), pk=asking)
        roles[viewer.user_id] = Role.AGENT
    return Opening(chat_type=Type.SUPPORT, identity=f"support:{asking}", roles=roles)


def support_room_to_join(viewer: Viewer, room_id: UUID) -> Opening:
    """The room of a user who asks for help, for staff who answer there. Raises NotFound."""
    room = one_of(ChatRoom.objects.visible_to(viewer), pk=room_id, chat_type=Type.SUPPORT)
    return support_room(viewer, UUID(room.identity.removeprefix("support:")))


def group_room(viewer: Viewer, user_ids: Collection[UUID], *, title: str) -> Opening:
    """A new group of the viewer, who owns it, and of users whom they may write to.

    Raises NotFound, NobodyNamed, TitleRequired or GroupTooLarge.
    """
    assert viewer.user_id is not None
    others = {*user_ids} - {viewer.user_id}
    if not others:
        raise errors.NobodyNamed
    if not title.strip():
        raise errors.TitleRequired
    roles = {viewer.user_id: Role.OWNER}
    roles |= {user.pk: Role.MEMBER for user in reachable_users(viewer, others)}
    require_group_size(len(roles))
    return Opening(chat_type=Type.GROUP, identity=None, roles=roles, title=title.strip())


def require_group_size(members: int) -> None:
    """Raise GroupTooLarge for more members than a group may have."""
    if members > settings.CHAT_GROUP_SIZE:
        raise errors.GroupTooLarge(params={"most": settings.CHAT_GROUP_SIZE})


def reachable(viewer: Viewer) -> QuerySet[User]:
    """The users whom the viewer may write to: friends and members of the active organization, but
    those whose account is shut.
    """
    known = Q(friends=viewer.user_id)
    if viewer.organization_id:
        members = Membership.objects.active().filter(organization=viewer.organization_id)
        known |= Q(pk__in=members.values("user"))
    found: QuerySet[User] = User.objects.filter(
        pk__in=User.objects.filter(known, blocked=False).values("pk")
    ).exclude(pk=viewer.user_id)
    return found


def reachable_users(viewer: Viewer, user_ids: Collection[UUID]) -> list[User]:
    """All of some users whom the viewer may write to; NotFound where they may not to one of them,
    GroupTooLarge for more than a group may have.
    """
    require_group_size(len({*user_ids}))
    found = list(reachable(viewer).filter(pk__in=user_ids).order_by("pk"))
    if len(found) < len({*user_ids}):
        raise NotFound
    return found


def room_visible_to(viewer: Viewer, room_id: UUID) -> ChatRoom:
    """A room that the viewer may see. Raises NotFound."""
    found: ChatRoom = one_of(ChatRoom.objects.visible_to(viewer), pk=room_id)
    return found


def own_participation(viewer: Viewer, room_id: UUID) -> ChatParticipant:
    """The viewer's part in a room that they take part in. Raises NotFound."""
    present = ChatParticipant.objects.present().filter(room__is_deleted=False)
    found: ChatParticipant = one_of(
        present.select_related("room"), room=room_id, user=viewer.user_id
    )
    return found


def own_rooms(viewer: Viewer) -> QuerySet[ChatRoom]:
    """The rooms that the viewer takes part in."""
    parts = ChatParticipant.objects.present().filter(user=viewer.user_id)
    rooms: QuerySet[ChatRoom] = ChatRoom.objects.filter(pk__in=parts.values("room"))
    return rooms


def present_among(room_id: UUID, user_ids: Collection[UUID]) -> Collection[UUID]:
    """Those of many who take part in a room, in one statement."""
    parts = ChatParticipant.objects.present().filter(
        among("user", user_ids), room=room_id, room__is_deleted=False
    )
    # Mostly all of them do: then counting them is enough.
    if parts.count() == len(user_ids):
        return user_ids
    return {*parts.values_list("user_id", flat=True)}


def participant_in(room: ChatRoom, user_id: UUID) -> ChatParticipant:
    """Somebody's part in a room that they take part in. Raises NotFound."""
    found: ChatParticipant = one_of(ChatParticipant.objects.present(), room=room, user=user_id)
    return found


def message_visible_to(viewer: Viewer, message_id: UUID) -> ChatMessage:
    """A message that the viewer may see, deleted or not. Raises NotFound."""
    found: ChatMessage = one_of(ChatMessage.objects.visible_to(viewer), pk=message_id)
    return found


def template_visible_to(viewer: Viewer, template_id: UUID) -> ChatTemplate:
    """A template that the viewer may use. Raises NotFound."""
    found: ChatTemplate = one_of(ChatTemplate.objects.visible_to(viewer), pk=template_id)
    return found


def deleted_templates(viewer: Viewer) -> QuerySet[ChatTemplate]:
    """The deleted templates, for staff who may change templates."""
    rows: QuerySet[ChatTemplate] = ChatTemplate.objects.deleted_only()
    return rows if viewer.has_permission("chat.change_chattemplate") else rows.none()


def deleted_template(viewer: Viewer, template_id: UUID) -> ChatTemplate:
    """A deleted template, for staff who may change templates. Raises NotFound."""
    found: ChatTemplate = one_of(deleted_templates(viewer), pk=template_id)
    return found


def _in_it(viewer: Viewer, *, room: str = "pk", **conditions: object) -> Q:
    """The condition on rows that lead to a room that the viewer takes part in it."""
    if not viewer.is_signed_in:
        return NEVER
    own = ChatParticipant.objects.present().filter(user=viewer.user_id, **conditions)
    return Q(Exists(own.filter(room=OuterRef(room))))


def _owns(viewer: Viewer) -> Q:
    return Q(chat_type=Type.GROUP) & _in_it(viewer, role=Role.OWNER)


def _owner_or_staff(viewer: Viewer) -> Q | bool:
    return viewer.has_permission(AGENT) or _owns(viewer)


def _may_leave(viewer: Viewer) -> Q:
    free = Q(chat_type__in=[Type.GROUP, Type.DIRECT])
    return (free & _in_it(viewer)) | _in_it(viewer, role=Role.AGENT)


FOR_OWNERS = ("updateChatRoom", "addChatParticipants")
FOR_OWNERS_AND_STAFF = ("removeChatParticipant", "closeChatRoom", "reopenChatRoom")
FOR_PARTICIPANTS = (
    *("sendMessage", "markRoomRead", "markRoomDelivered"),
    *("setTyping", "setPresence", "muteRoom"),
)
FOR_BLOCKERS = ("blockChatParticipant", "unblockChatParticipant")


def _may_help(viewer: Viewer) -> Q | bool:
    return viewer.has_permission(AGENT) and Q(chat_type=Type.SUPPORT) & ~_in_it(viewer)


ROOM_ACTIONS = Actions(
    ChatRoom,
    dict.fromkeys(FOR_PARTICIPANTS, _in_it)
    | dict.fromkeys(FOR_OWNERS, _owns)
    | dict.fromkeys(FOR_OWNERS_AND_STAFF, _owner_or_staff)
    | dict.fromkeys(
        FOR_BLOCKERS, lambda viewer: viewer.has_permission("chat.change_chatparticipant")
    )
    | {"leaveChatRoom": _may_leave, "joinSupportRoom": _may_help},
    refusals=dict.fromkeys(FOR_PARTICIPANTS, NotFound)
    | dict.fromkeys((*FOR_OWNERS, *FOR_OWNERS_AND_STAFF), errors.NotRoomOwner)
    | {"leaveChatRoom": errors.CannotLeave},
)


def _said(viewer: Viewer) -> Q:
    return Q(sender=viewer.user_id) if viewer.is_signed_in else NEVER


def _may_delete(viewer: Viewer) -> Q | bool:
    owned = Q(room__chat_type=Type.GROUP) & _in_it(viewer, room="room", role=Role.OWNER)
    return viewer.has_permission("chat.delete_chatmessage") or (_said(viewer) | owned)


MESSAGE_ACTIONS = Actions(
    ChatMessage,
    {
        "editMessage": _said,
        "deleteMessage": _may_delete,
        "reportMessage": lambda viewer: _in_it(viewer, room="room") & ~_said(viewer),
    },
    refusals={
        "editMessage": errors.NotSender,
        "deleteMessage": errors.NotSender,
        "reportMessage": errors.OwnMessage,
    },
)


def message_to_report(viewer: Viewer, message_id: UUID) -> ChatMessage:
    """Somebody else's message of a room that the viewer takes part in. Raises NotFound, also for
    staff who oversee a room from outside, or OwnMessage.
    """
    one_of(ChatMessage.objects.filter(_in_it(viewer, room="room")), pk=message_id)
    found: ChatMessage = MESSAGE_ACTIONS.permit(viewer, "reportMessage", message_id)
    return found


def _decides(viewer: Viewer) -> Q | bool:
    is_party = Q(reporter=viewer.user_id) | Q(message__sender=viewer.user_id)
    return viewer.has_permission("chat.change_chatreport") and ~is_party


REPORT_ACTIONS = Actions(
    ChatReport,
    {"resolveChatReport": _decides},
    refusals={"resolveChatReport": errors.OwnReport},
)

TEMPLATE_ACTIONS = Actions(
    ChatTemplate,
    {
        "updateChatTemplate": lambda viewer: viewer.has_permission("chat.change_chattemplate"),
        "deleteChatTemplate": lambda viewer: viewer.has_permission("chat.delete_chattemplate"),
    },
)
