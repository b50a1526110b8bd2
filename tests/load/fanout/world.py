"""Rooms, those who listen to them, and the document that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from jwt.algorithms import OKPAlgorithm
from strawberry.relay import to_base64

from apps.accounts import tokens
from apps.accounts.models import Session, User
from apps.chat.models import ChatParticipant, ChatRoom
from kernel import clock

DOCUMENT = """subscription($room: ID!, $after: String) { chatEvents(roomId: $room, after: $after) {
  __typename ... on ChatMessageSent { cursor message { id number content sender { id } } } } }"""
BATCH = 1000
#: Tokens outlast all of it.
TOKEN_SECONDS = 86_400


@dataclass(frozen=True)
class Room:
    """A room, and how many of the users listen to it, from which one on."""

    pk: str
    first: int
    listeners: int

    @property
    def id(self) -> str:
        """Its id in the API."""
        return to_base64("ChatRoom", self.pk)


class World:
    """Users with sessions, and the one who speaks in all rooms."""

    def __init__(self, users: int) -> None:
        made = [User(email=f"load{n}@fundi.example", password="!") for n in range(users + 1)]
        *self.users, self.speaker = User.objects.bulk_create(made, BATCH)
        until = clock.now() + timedelta(days=1)
        sessions = Session.objects.bulk_create(
            [
                Session(user=user, token_hash="", last_used_at=clock.now(), expires_at=until)
                for user in self.users
            ],
            BATCH,
        )
        claims = [tokens.AccessToken(each.user_id, each.pk, None) for each in sessions]
        with override_settings(ACCESS_TOKEN_SECONDS=TOKEN_SECONDS):
            self.tokens = list(map(tokens.issue, claims))

    def rooms(self, count: int, listeners: int) -> list[Room]:
        """New rooms with so many of the users in each, and the speaker besides."""
        made = [ChatRoom(chat_type=ChatRoom.Type.GROUP, title="Load") for _ in range(count)]
        parts = []
        for number, row in enumerate(ChatRoom.objects.bulk_create(made, BATCH)):
            own = self.users[number * listeners : (number + 1) * listeners]
            parts += [ChatParticipant(room=row, user=user) for user in (*own, self.speaker)]
        ChatParticipant.objects.bulk_create(parts, BATCH)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return [Room(str(row.pk), n * listeners, listeners) for n, row in enumerate(made)]

    def listeners(self, rooms: Sequence[Room]) -> list[tuple[str, str]]:
        """The token of each listener to some rooms, and the id of the room: room by room."""
        return [
            (token, room.id)
            for room in rooms
            for token in self.tokens[room.first : room.first + room.listeners]
        ]


def public_key() -> str:
    """What verifies access tokens, as a JSON Web Key names it."""
    _, key = tokens._public_key(settings.SECRET_KEY)
    return str(OKPAlgorithm.to_jwk(key, as_dict=True)["x"])
