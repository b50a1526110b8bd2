"""Rooms that are renamed, closed and muted, and members who come and go."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.access import ROOM_ACTIONS
from apps.chat.events import (
    ParticipantAdded,
    ParticipantBlocked,
    ParticipantLeft,
    ParticipantPromoted,
    ParticipantUnblocked,
    RoomUpdated,
)
from apps.chat.models import ChatNotification, ChatParticipant, ChatRoom
from apps.chat.services import rooms
from kernel import clock
from kernel.errors import NotAllowed, NotFound, VersionConflict
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatRoomFactory,
    MessageFactory,
    ParticipantFactory,
)
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(cast: Cast) -> ChatRoom:
    """A group of Ben's, with Ada."""
    return ChatRoomFactory(between=[cast.ben, cast.ada])


def _part(room: ChatRoom, user: User) -> ChatParticipant:
    return ChatParticipant.objects.get(room=room, user=user)


def test_a_group_is_renamed(group: ChatRoom):
    with announced() as heard:
        rooms.update_room(room=group, title=" The new roof ", version=1)

    group.refresh_from_db()
    assert (group.title, group.version) == ("The new roof", 2)
    assert heard == [RoomUpdated(room_id=group.pk, title="The new roof", closed=False)]


def test_a_name_that_is_none_or_too_long_or_given_to_what_has_changed_is_refused(
    group: ChatRoom,
):
    with pytest.raises(errors.TitleRequired):
        rooms.update_room(room=group, title="  ")
    with pytest.raises(ValidationError):
        rooms.update_room(room=group, title="x" * 121)
    with pytest.raises(VersionConflict):
        rooms.update_room(room=group, title="The new roof", version=7)

    group.refresh_from_db()
    assert group.title == "Roof crew"


def test_only_groups_are_renamed_and_joined(cast: Cast):
    room = ChatRoomFactory(direct=True, between=[cast.ben, cast.ada])

    with pytest.raises(errors.NotAGroup):
        rooms.update_room(room=room, title="We two")
    with pytest.raises(errors.NotAGroup):
        rooms.add_participants(room=room, users=[cast.cleo])
    with pytest.raises(errors.NotAGroup):
        rooms.remove_participant(room=room, user_id=cast.ada.pk)


def test_a_room_is_closed_and_opened_again_and_that_is_told_once_each(group: ChatRoom):
    with announced() as heard:
        rooms.close_room(room=group)
        rooms.close_room(room=group)
        rooms.reopen_room(room=group)

    told = {"room_id": group.pk, "title": "Roof crew"}
    assert heard == [RoomUpdated(closed=True, **told), RoomUpdated(closed=False, **told)]
    group.refresh_from_db()
    assert group.is_active


def test_who_is_added_has_read_what_was_said_before(cast: Cast, group: ChatRoom):
    MessageFactory(room=group, sender=cast.ben)

    with announced() as heard:
        rooms.add_participants(room=group, users=[cast.cleo, cast.ada])

    part = _part(group, cast.cleo)
    assert (part.role, part.read_number, part.delivered_number) == ("MEMBER", 1, 1)
    assert part.unread_count == 0
    assert heard == [ParticipantAdded(room_id=group.pk, user_id=cast.cleo.pk)]
    assert _part(group, cast.ada).unread_count == 1


def test_who_comes_back_is_a_member_like_others_and_stays_blocked(cast: Cast, group: ChatRoom):
    part = _part(group, cast.ben)
    rooms.block_participant(room=group, user_id=cast.ben.pk)
    rooms.leave_room(participant=part)
    MessageFactory(room=group, sender=cast.ada)

    rooms.add_participants(room=group, users=[cast.ben])

    part.refresh_from_db()
    assert (part.left_at, part.role, part.read_number) == (None, "MEMBER", 1)
    assert part.blocked_at is not None
    assert group.participations.count() == 2


def test_a_group_that_is_full_takes_nobody_in(cast: Cast, group: ChatRoom, settings: Any):
    settings.CHAT_GROUP_SIZE = 3

    with announced() as heard, pytest.raises(errors.GroupTooLarge):
        rooms.add_participants(room=group, users=[cast.cleo, cast.dora])
    rooms.add_participants(room=group, users=[cast.cleo])

    assert heard == []
    assert group.participations.count() == 3


def test_a_closed_group_takes_nobody_in(cast: Cast, group: ChatRoom):
    rooms.close_room(room=group)

    with pytest.raises(errors.RoomClosed):
        rooms.add_participants(room=group, users=[cast.cleo])


def test_who_is_removed_sees_the_room_no_longer_and_is_told_nothing_of_it(
    cast: Cast, group: ChatRoom
):
    message = MessageFactory(room=group, sender=cast.ben)
    told = ChatNotificationFactory(message=message, user=cast.ada)

    with announced() as heard:
        rooms.remove_participant(room=group, user_id=cast.ada.pk)

    part = _part(group, cast.ada)
    assert (part.is_present, part.unread_count) == (False, 0)
    assert not ChatRoom.objects.visible_to(Viewer(user=cast.ada)).exists()
    told.refresh_from_db()
    assert told.is_read
    assert heard == [ParticipantLeft(room_id=group.pk, user_id=cast.ada.pk)]
    with pytest.raises(NotFound):
        rooms.remove_participant(room=group, user_id=cast.ada.pk)


def test_the_longest_standing_member_who_can_write_owns_what_its_last_owner_left(cast: Cast):
    now = clock.now()
    group = ChatRoomFactory(between=[cast.ben])
    shut, closed = UserFactory(blocked=True), UserFactory(is_deleted=True)
    for days, user, details in (
        (9, shut, {}),
        (8, closed, {}),
        (7, cast.cleo, {"blocked_at": now}),
        (6, cast.dora, {"role": "AGENT"}),
        (5, UserFactory(), {"left_at": now}),
        (4, cast.ada, {}),
        (3, UserFactory(), {}),
    ):
        ParticipantFactory(room=group, user=user, joined_at=now - timedelta(days=days), **details)

    with announced() as heard:
        rooms.leave_room(participant=_part(group, cast.ben))

    assert _part(group, cast.ada).role == "OWNER"
    assert group.participations.filter(role="OWNER", left_at=None).count() == 1
    assert heard == [
        ParticipantPromoted(room_id=group.pk, user_id=cast.ada.pk),
        ParticipantLeft(room_id=group.pk, user_id=cast.ben.pk),
    ]


def test_nobody_is_promoted_while_there_is_another_owner_or_nobody_is_left(cast: Cast):
    group = ChatRoomFactory(between=[cast.ben, cast.ada])
    other = ParticipantFactory(room=group, user=cast.cleo, role="OWNER")

    rooms.leave_room(participant=_part(group, cast.ben))
    rooms.leave_room(participant=_part(group, cast.ada))
    rooms.leave_room(participant=other)

    assert _part(group, cast.ada).role == "MEMBER"
    assert not group.participations.filter(left_at=None).exists()


def test_friends_may_leave_their_room(cast: Cast):
    room = ChatRoomFactory(direct=True, between=[cast.ben, cast.ada])

    rooms.leave_room(participant=_part(room, cast.ben))

    assert not ChatRoom.objects.visible_to(Viewer(user=cast.ben)).exists()
    assert ChatRoom.objects.visible_to(Viewer(user=cast.ada)).exists()


def test_a_party_to_a_request_for_help_stays_and_its_agent_may_go(cast: Cast):
    room = ChatRoomFactory(support=True, between=[cast.ben])
    agent = ParticipantFactory(room=room, user=cast.dora, role="AGENT")

    rooms.leave_room(participant=agent)
    with pytest.raises(errors.CannotLeave):
        rooms.leave_room(participant=_part(room, cast.ben))

    assert [part.user for part in room.participations.filter(left_at=None)] == [cast.ben]


def test_a_room_is_muted_until_an_instant_and_switched_off_for_good(cast: Cast, group: ChatRoom):
    until = clock.now() + timedelta(hours=8)
    part = _part(group, cast.ada)

    rooms.mute_room(participant=part, until=until)
    muted = _part(group, cast.ada)
    rooms.mute_room(participant=part, notifications_enabled=False)
    off = _part(group, cast.ada)

    assert (muted.mute_until, muted.notifications_enabled) == (until, True)
    assert (off.mute_until, off.notifications_enabled) == (None, False)
    with time_machine.travel(until, tick=False), pytest.raises(errors.InvalidMute):
        rooms.mute_room(participant=part, until=until)


def test_who_is_blocked_and_unblocked_is_told_once_each(cast: Cast, group: ChatRoom):
    told = {"room_id": group.pk, "user_id": cast.ada.pk}

    with announced() as heard:
        for _ in range(2):
            rooms.block_participant(room=group, user_id=cast.ada.pk)
        blocked = _part(group, cast.ada).blocked_at
        for _ in range(2):
            rooms.unblock_participant(room=group, user_id=cast.ada.pk)

    assert blocked is not None
    assert _part(group, cast.ada).blocked_at is None
    assert heard == [ParticipantBlocked(**told), ParticipantUnblocked(**told)]
    with pytest.raises(NotFound):
        rooms.block_participant(room=group, user_id=cast.cleo.pk)


def _may(viewer: Viewer, room: ChatRoom) -> set[str]:
    rows = ChatRoom.objects.filter(pk=room.pk).annotate(can=ROOM_ACTIONS.names(viewer))
    return {*rows.get().can}


READING = {"markRoomRead", "markRoomDelivered"}
TAKING_PART = READING | {"sendMessage", "setTyping", "setPresence", "muteRoom"}


def test_what_each_may_do_in_a_group_is_told(cast: Cast, group: ChatRoom):
    left = ParticipantFactory(room=group, user=cast.cleo, role="OWNER", left_at=clock.now()).user
    for_staff = {"removeChatParticipant", "closeChatRoom", "reopenChatRoom"}

    assert _may(Viewer(user=cast.ben), group) == {
        *TAKING_PART,
        *for_staff,
        *("updateChatRoom", "addChatParticipants", "leaveChatRoom"),
    }
    assert _may(Viewer(user=cast.ada), group) == {*TAKING_PART, "leaveChatRoom"}
    assert _may(Viewer(user=cast.dora), group) == {
        *for_staff,
        *("blockChatParticipant", "unblockChatParticipant"),
    }
    for viewer in (Viewer(user=left), Viewer(user=cast.eve), Viewer()):
        assert _may(viewer, group) == set()


def test_what_each_may_do_elsewhere_is_told(cast: Cast):
    direct = ChatRoomFactory(direct=True, between=[cast.ben, cast.ada])
    support = ChatRoomFactory(support=True, between=[cast.ben])
    ParticipantFactory(room=support, user=cast.eve, role="AGENT")

    assert _may(Viewer(user=cast.ben), direct) == {*TAKING_PART, "leaveChatRoom"}
    assert _may(Viewer(user=cast.ben), support) == TAKING_PART
    assert _may(Viewer(user=cast.eve), support) == {*TAKING_PART, "leaveChatRoom"}


def test_refusals_say_why(cast: Cast, group: ChatRoom):
    support = ChatRoomFactory(support=True, between=[cast.ben])

    with pytest.raises(errors.NotRoomOwner):
        ROOM_ACTIONS.permit(Viewer(user=cast.ada), "updateChatRoom", group.pk)
    with pytest.raises(errors.CannotLeave):
        ROOM_ACTIONS.permit(Viewer(user=cast.ben), "leaveChatRoom", support.pk)
    with pytest.raises(NotFound):
        ROOM_ACTIONS.permit(Viewer(user=cast.dora), "sendMessage", group.pk)
    with pytest.raises(NotFound):
        ROOM_ACTIONS.permit(Viewer(user=cast.cleo), "sendMessage", group.pk)
    with pytest.raises(NotAllowed):
        ROOM_ACTIONS.permit(Viewer(user=cast.ben), "blockChatParticipant", group.pk)


def test_notifications_of_others_stay(cast: Cast, group: ChatRoom):
    message = MessageFactory(room=group, sender=cast.ben)
    noise = ChatNotificationFactory(message=message, user=cast.cleo)
    elsewhere = ChatNotificationFactory(user=cast.ada)

    rooms.leave_room(participant=_part(group, cast.ada))

    assert {*ChatNotification.objects.filter(is_read=False)} == {noise, elsewhere}
