"""What is said in rooms, to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.chat.models import ChatMessage, ChatMessageEdit
from apps.chat.selectors import search_messages
from apps.chat.services.messages import delete_message
from kernel.admin import DeletedFilter, PartInline, ReadOnlyAdmin, act


class EditInline(PartInline):
    """What it said before."""

    model = ChatMessageEdit
    fields = readonly_fields = ("content", "created_at")
    show_change_link = False


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    """Messages, the newest first, found by their words; files are behind addresses that expire."""

    list_display = ("room", "number", "sender", "message_type", "content", "created_at")
    list_filter = (DeletedFilter, "message_type", "room__chat_type")
    list_select_related = ("room", "sender", "reply_to", "template")
    search_fields = ("content",)
    search_help_text = "Words of the message or of its file's name."
    date_hierarchy = "created_at"
    exclude = ("words",)
    inlines = (EditInline,)
    actions = ("take_back",)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Also the messages of one room, which its page links to."""
        return lookup == "room__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Those with the words, by their index."""
        if not search_term.strip():
            return queryset, False
        return search_messages(queryset, search_term[:200]), False

    def has_take_back_permission(self, request: HttpRequest) -> bool:
        """Whether one may delete what others said: the rows themselves are only read."""
        return bool(request.user.has_perm("chat.delete_chatmessage"))

    @admin.action(description="Delete the chosen messages", permissions=["take_back"])
    def take_back(self, request: HttpRequest, queryset: Any) -> None:
        """Have them tell nothing any more."""
        rows = queryset.filter(is_deleted=False).order_by("room", "number")
        act(self, request, rows, lambda message: delete_message(message=message))


@admin.register(ChatMessageEdit)
class ChatMessageEditAdmin(ReadOnlyAdmin):
    """What messages said before."""

    list_display = ("message", "content", "created_at")
    list_select_related = ("message",)
    search_fields = ("message__sender__email", "content")
    date_hierarchy = "created_at"
