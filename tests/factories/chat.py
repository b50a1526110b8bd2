"""Rooms, who takes part in them, and what is said there: counted as the services count."""

from collections.abc import Iterable
from typing import Any

import factory
from django.db.models import F
from factory.django import DjangoModelFactory

from apps.accounts.models import User
from apps.chat.models import (
    ChatMessage,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
    ChatTemplate,
)
from kernel import clock
from tests.factories.accounts import UserFactory


class ChatRoomFactory(DjangoModelFactory[ChatRoom]):
    """A group, or what its traits say; ``between=`` are the users who take part."""

    class Meta:
        model = ChatRoom
        skip_postgeneration_save = True

    class Params:
        direct = factory.Trait(chat_type=ChatRoom.Type.DIRECT, title="")
        support = factory.Trait(chat_type=ChatRoom.Type.SUPPORT, title="")
        of_order = factory.Trait(chat_type=ChatRoom.Type.ORDER, title="")
        of_lead = factory.Trait(chat_type=ChatRoom.Type.LEAD, title="")
        closed = factory.Trait(is_active=False)

    chat_type = ChatRoom.Type.GROUP
    title: Any = "Roof crew"
    identity: Any = factory.Maybe(
        factory.LazyAttribute(lambda made: made.chat_type == ChatRoom.Type.GROUP),
        yes_declaration=None,
        no_declaration=factory.Sequence(lambda n: f"made:{n}"),
    )

    @factory.post_generation
    def between(self, create: bool, users: Iterable[User] | None, **kwargs: Any) -> None:
        """Who takes part: of a group, the first one owns it."""
        for place, user in enumerate(users or ()):
            owns = self.chat_type == ChatRoom.Type.GROUP and place == 0  # type: ignore[comparison-overlap]
            role = ChatParticipant.Role.OWNER if owns else ChatParticipant.Role.MEMBER
            ParticipantFactory(room=self, user=user, role=role)


class ParticipantFactory(DjangoModelFactory[ChatParticipant]):
    """A member of a room."""

    class Meta:
        model = ChatParticipant

    room: Any = factory.SubFactory(ChatRoomFactory)
    user: Any = factory.SubFactory(UserFactory)


class MessageFactory(DjangoModelFactory[ChatMessage]):
    """The next message of its room, unread by all but its sender."""

    class Meta:
        model = ChatMessage
        skip_postgeneration_save = True

    class Params:
        deleted = factory.Trait(
            is_deleted=True, deleted_at=factory.LazyFunction(lambda: clock.now())
        )

    room: Any = factory.SubFactory(ChatRoomFactory)
    sender: Any = factory.LazyAttribute(lambda made: _first_of(made.room))
    number: Any = factory.LazyAttribute(lambda made: _next_number(made.room))
    content = "The tap drips again."

    @factory.post_generation
    def counted(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """The room and those who take part know of it."""
        ChatRoom.objects.filter(pk=self.room.pk).update(
            last_number=self.number, last_message_at=self.created_at
        )
        self.room.refresh_from_db(fields=["last_number", "last_message_at", "version"])
        others = ChatParticipant.objects.filter(room=self.room, left_at=None)
        own = others.filter(user=self.sender)
        own.update(read_number=self.number, delivered_number=self.number, unread_count=0)
        if not self.is_deleted:
            others.exclude(user=self.sender).update(unread_count=F("unread_count") + 1)


class ChatTemplateFactory(DjangoModelFactory[ChatTemplate]):
    """A template with one blank."""

    class Meta:
        model = ChatTemplate

    name: Any = factory.Sequence(lambda n: f"On my way {n}")
    category = "visits"
    content = "Hello {{name}}, I am on my way."
    variables: Any = factory.LazyFunction(lambda: ["name"])


class ChatReportFactory(DjangoModelFactory[ChatReport]):
    """An open report."""

    class Meta:
        model = ChatReport

    message: Any = factory.SubFactory(MessageFactory)
    reporter: Any = factory.SubFactory(UserFactory)
    reason = ChatReport.Reason.SPAM
    description = "Advertises something else."
    evidence: Any = factory.LazyAttribute(lambda made: {"content": made.message.content})


class ChatNotificationFactory(DjangoModelFactory[ChatNotification]):
    """An unread notification of a message."""

    class Meta:
        model = ChatNotification

    message: Any = factory.SubFactory(MessageFactory)
    room: Any = factory.SelfAttribute("message.room")
    user: Any = factory.SubFactory(UserFactory)


def _first_of(room: ChatRoom) -> User:
    found = ChatParticipant.objects.filter(room=room).order_by("pk").first()
    return found.user if found else ParticipantFactory(room=room).user


def _next_number(room: ChatRoom) -> int:
    return int(ChatRoom.objects.values_list("last_number", flat=True).get(pk=room.pk)) + 1
