"""Rooms and who takes part in them: closed, opened again and blocked by services alone."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.chat.models import ChatNotification, ChatParticipant, ChatRoom
from apps.chat.services.rooms import (
    block_participant,
    close_room,
    reopen_room,
    unblock_participant,
)
from kernel.admin import PartInline, ReadOnlyAdmin, SoftDeleteAdmin, act, shown


class ParticipantInline(PartInline):
    """Who takes part, or did."""

    model = ChatParticipant
    fields = readonly_fields = (
        *("user", "role", "joined_at", "left_at", "blocked_at", "unread_count", "last_seen"),
    )
    related = ("user",)


@admin.register(ChatRoom)
class ChatRoomAdmin(SoftDeleteAdmin):
    """Rooms, those opened last first. What is said there is a page of its own."""

    list_display = (
        *("__str__", "chat_type", shown("order", "order.title"), "last_number"),
        *("last_message_at", "is_active", "created_at"),
    )
    list_filter = ("chat_type", "is_active")
    list_select_related = ("order", "lead_assignment__lead", "lead_assignment__provider")
    search_fields = ("title", "order__title", "participations__user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    inlines = (ParticipantInline,)
    actions: Any = ("close", "reopen")
    readonly_fields = (
        *("chat_type", "order", "lead_assignment", "title", "is_active", "created_by"),
        *("last_number", "last_message_at", "history"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: users open rooms."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a room goes with what it is about."""
        return False

    @admin.display(description="messages")
    def history(self, room: ChatRoom) -> SafeString:
        """The way to what was said."""
        messages = reverse("admin:chat_chatmessage_changelist")
        address = f"{messages}?{urlencode({'room__id__exact': room.pk, 'deleted': 'all'})}"
        return format_html('<a href="{}">{} messages</a>', address, room.last_number)

    @admin.action(description="Close the chosen rooms", permissions=["change"])
    def close(self, request: HttpRequest, queryset: Any) -> None:
        """Have nothing more be said there."""
        act(self, request, _living(queryset), lambda room: close_room(room=room))

    @admin.action(description="Open the chosen rooms again", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: Any) -> None:
        """Let them be written in again."""
        act(self, request, _living(queryset), lambda room: reopen_room(room=room))


def _living(rooms: Any) -> Any:
    return rooms.filter(is_deleted=False).order_by("pk")


@admin.register(ChatParticipant)
class ChatParticipantAdmin(ReadOnlyAdmin):
    """Who takes part where, and how far they have read."""

    list_display = (
        *("user", "room", "role", "unread_count", "last_seen", "blocked_at", "left_at"),
    )
    list_filter = (
        "role",
        ("blocked_at", admin.EmptyFieldListFilter),
        ("left_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("user", "room")
    search_fields = ("user__email", "user__name", "room__title")
    actions = ("block", "unblock")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whether one may keep others from writing: the rows themselves are only read."""
        return bool(request.user.has_perm("chat.change_chatparticipant"))

    @admin.action(description="Keep the chosen ones from writing", permissions=["moderate"])
    def block(self, request: HttpRequest, queryset: Any) -> None:
        """Let them read, and write no longer."""
        act(self, request, queryset.order_by("room", "pk"), _block)

    @admin.action(description="Let the chosen ones write again", permissions=["moderate"])
    def unblock(self, request: HttpRequest, queryset: Any) -> None:
        """Let them write again."""
        act(self, request, queryset.order_by("room", "pk"), _unblock)


def _block(row: ChatParticipant) -> object:
    return block_participant(room=row.room, user_id=row.user_id)


def _unblock(row: ChatParticipant) -> object:
    return unblock_participant(room=row.room, user_id=row.user_id)


@admin.register(ChatNotification)
class ChatNotificationAdmin(ReadOnlyAdmin):
    """What users were told of rooms."""

    list_display = ("user", "room", "notification_type", "is_read", "read_at", "created_at")
    list_filter = ("notification_type", "is_read", "sent_via")
    list_select_related = ("user", "room", "message")
    search_fields = ("user__email", "room__title")
    date_hierarchy = "created_at"
