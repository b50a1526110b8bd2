"""Chat in the admin: read, and moderated by services."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.chat.events import ChatTemplateCreated, ParticipantBlocked, RoomUpdated
from apps.chat.models import ChatMessage, ChatParticipant, ChatReport, ChatRoom, ChatTemplate
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services.messages import edit_message
from tests.factories.cast import Cast
from tests.factories.chat import (
    ChatReportFactory,
    ChatRoomFactory,
    ChatTemplateFactory,
    MessageFactory,
)
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room in which Ben said something to Ada."""
    found: ChatRoom = ChatRoomFactory(between=[cast.ben, cast.ada])
    MessageFactory(room=found, sender=cast.ben, content="The tap drips")
    return found


def _list(model: Any) -> str:
    return reverse(f"admin:chat_{model._meta.model_name}_changelist")


def _act(client: Client, action: str, *rows: Any) -> str:
    """What the list says once an action was done to rows of it."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return str(client.post(_list(rows[0]), chosen, follow=True).content.decode())


def _allow(user: User, *codenames: str) -> None:
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))


def test_rooms_are_closed_and_opened_again(dora: Client, room: ChatRoom):
    with announced() as heard:
        told = _act(dora, "close", room)
        closed = ChatRoom.objects.get().is_active
        _act(dora, "reopen", room)

    assert "Done: 1." in told
    assert not closed
    assert ChatRoom.objects.get().is_active
    assert [type(fact) for fact in heard] == [RoomUpdated, RoomUpdated]


def test_who_may_only_look_closes_nothing_and_reads_no_message(
    cast: Cast, client: Client, room: ChatRoom
):
    _allow(cast.eve, "view_chatroom", "view_chatparticipant", "view_chatreport")
    client.force_login(cast.eve)
    part, report = room.participations.get(user=cast.ben), ChatReportFactory()

    _act(client, "close", room)
    _act(client, "block", part)
    _act(client, "dismiss", report)

    part.refresh_from_db()
    assert ChatRoom.objects.get(pk=room.pk).is_active
    assert part.blocked_at is None
    assert ChatReport.objects.get().status == "OPEN"
    assert client.get(_list(ChatMessage)).status_code == 403


def test_a_room_leads_to_all_that_was_said_there(dora: Client, room: ChatRoom):
    MessageFactory(room=room, content="Taken back", deleted=True)
    MessageFactory(content="Elsewhere")

    page = dora.get(reverse("admin:chat_chatroom_change", args=[room.pk])).content.decode()
    (address,) = [part for part in page.split('"') if "room__id__exact" in part]
    history = dora.get(address.replace("&amp;", "&"))

    found = history.context["cl"].result_list
    assert [message.content for message in found] == ["Taken back", "The tap drips"]


def test_messages_are_found_by_their_words(dora: Client, room: ChatRoom):
    MessageFactory(room=room, content="At noon")

    found = dora.get(f"{_list(ChatMessage)}?q=drips").context["cl"].result_list

    assert [message.content for message in found] == ["The tap drips"]


def test_a_message_is_read_with_what_it_said_before_and_not_typed(dora: Client, room: ChatRoom):
    message = room.messages.get()
    edit_message(message=message, content="The tap drips a lot")

    page = dora.get(reverse("admin:chat_chatmessage_change", args=[message.pk]))

    assert page.context["adminform"].form.fields == {}
    assert "The tap drips</p>" in page.content.decode()


def test_messages_are_deleted_by_the_service(dora: Client, room: ChatRoom):
    message = room.messages.get()

    told = _act(dora, "take_back", message)

    assert "Done: 1." in told
    assert ChatMessage.objects.get().is_deleted
    assert {*ChatParticipant.objects.values_list("unread_count", flat=True)} == {0}
    assert not wrong_unread_counts().exists()


def test_participants_are_kept_from_writing_and_let_write_again(
    cast: Cast, dora: Client, room: ChatRoom
):
    part = room.participations.get(user=cast.ben)

    with announced() as heard:
        _act(dora, "block", part)
        part.refresh_from_db()
        blocked = part.blocked_at
        _act(dora, "unblock", part)

    part.refresh_from_db()
    assert blocked is not None
    assert part.blocked_at is None
    assert heard[0] == ParticipantBlocked(room_id=room.pk, user_id=cast.ben.pk)


@pytest.mark.parametrize(
    ("action", "status", "taken"),
    [
        ("dismiss", "DISMISSED", "NONE"),
        ("uphold", "UPHELD", "NONE"),
        ("delete_messages", "UPHELD", "MESSAGE_DELETED"),
        ("block_in_room", "UPHELD", "PARTICIPANT_BLOCKED"),
        ("shut_accounts", "UPHELD", "USER_BLOCKED"),
    ],
)
def test_reports_are_decided(
    cast: Cast, dora: Client, room: ChatRoom, action: str, status: str, taken: str
):
    report = ChatReportFactory(message=room.messages.get(), reporter=cast.ada)

    told = _act(dora, action, report)

    report.refresh_from_db()
    assert "Done: 1." in told
    assert (report.status, report.action_taken) == (status, taken)
    assert report.resolved_by == cast.dora
    assert ChatMessage.objects.get().is_deleted == (taken == "MESSAGE_DELETED")
    assert ChatParticipant.objects.exclude(blocked_at=None).exists() == (
        taken == "PARTICIPANT_BLOCKED"
    )
    assert User.objects.get(pk=cast.ben.pk).blocked == (taken == "USER_BLOCKED")


def test_a_report_of_ones_own_is_left_to_others(cast: Cast, dora: Client, room: ChatRoom):
    report = ChatReportFactory(message=room.messages.get(), reporter=cast.dora)

    told = _act(dora, "dismiss", report)

    assert "You are a party to this report" in told
    assert ChatReport.objects.get().status == "OPEN"


def test_open_reports_stand_first_and_what_is_noted_there_is_typed(
    cast: Cast, dora: Client, room: ChatRoom
):
    decided, report = ChatReportFactory(), ChatReportFactory()
    _act(dora, "uphold", decided)
    url = reverse("admin:chat_chatreport_change", args=[report.pk])

    listed = dora.get(_list(ChatReport)).context["cl"].result_list
    form = dora.get(url).context["adminform"].form
    dora.post(url, {"admin_notes": "Ask the other one too"})

    assert [*listed] == [report, decided]
    assert [*form.fields] == ["admin_notes"]
    report.refresh_from_db()
    assert report.admin_notes == "Ask the other one too"


def test_templates_are_made_changed_deleted_and_restored_by_services(dora: Client):
    typed = {"name": "On my way", "content": "Hello {{name}}", "variables": "name"}

    with announced() as heard:
        dora.post(reverse("admin:chat_chattemplate_add"), {**typed, "is_active": "on"})
    template = ChatTemplate.objects.get()
    change = reverse("admin:chat_chattemplate_change", args=[template.pk])
    refused = dora.post(change, {**typed, "content": "Hello {{place}}"})
    dora.post(change, {**typed, "content": "Good morning {{name}}"})
    dora.post(reverse("admin:chat_chattemplate_delete", args=[template.pk]), {"post": "yes"})
    gone = not ChatTemplate.objects.exists()
    chosen = {"action": "restore_rows", "_selected_action": [str(template.pk)]}
    dora.post(f"{_list(ChatTemplate)}?deleted=yes", chosen)

    template.refresh_from_db()
    assert heard == [ChatTemplateCreated(template_id=template.pk)]
    assert "The placeholder {{place}} is not among the variables." in refused.content.decode()
    assert (template.content, template.is_active) == ("Good morning {{name}}", False)
    assert gone
    assert ChatTemplate.objects.get() == template


def test_who_may_not_change_templates_restores_none(cast: Cast, client: Client):
    _allow(cast.eve, "view_chattemplate")
    client.force_login(cast.eve)
    template = ChatTemplateFactory()
    template.soft_delete()

    chosen = {"action": "restore_rows", "_selected_action": [str(template.pk)]}
    client.post(f"{_list(ChatTemplate)}?deleted=yes", chosen)

    assert not ChatTemplate.objects.exists()
