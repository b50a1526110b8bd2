"""Those who speak: a process of its own that says messages at a steady rate, as JSON lines ask it.

To our servers by the service, as a mutation would; to Node by a message on Redis that says all.
"""

import os
import sys
import time
from collections.abc import Callable
from uuid import uuid4

import django
import orjson

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from redis import Redis  # noqa: E402
from strawberry.relay import to_base64  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.chat.models import ChatRoom  # noqa: E402
from apps.chat.services.messages import Draft, send_message  # noqa: E402
from kernel.viewer import Viewer, acting_as  # noqa: E402
from tests.load.fanout.marks import content  # noqa: E402

#: Says a message in a room; the moment of its commit.
Say = Callable[[str, int], float]


def by_service(speaker: str) -> Say:
    """Say it as the API does."""
    user = User.objects.get(pk=speaker)
    viewer, rooms = Viewer(user=user), {}

    def say(room: str, message: int) -> float:
        moments: list[float] = []
        if room not in rooms:
            rooms[room] = ChatRoom.objects.get(pk=room)
        with acting_as(viewer):
            # Before anybody is told of it, who are told after the commit too.
            transaction.on_commit(lambda: moments.append(time.monotonic()))
            send_message(room=rooms[room], sender=user, draft=Draft(content=content(message)))
        return moments[0]

    return say


def by_redis(speaker: str) -> Say:
    """Publish what the service would have written."""
    redis, channel = Redis.from_url(settings.REDIS_URL), os.environ["CHANNEL"]

    def say(room: str, message: int) -> float:
        told = {
            "id": to_base64("ChatMessage", str(uuid4())),
            "number": message,
            "content": content(message),
            "sender": {"id": to_base64("User", speaker)},
        }
        cursor = f"{message:x}.{message:x}"
        event = {"__typename": "ChatMessageSent", "cursor": cursor, "message": told}
        at = time.monotonic()
        redis.publish(f"{channel}:{to_base64('ChatRoom', room)}", orjson.dumps(event))
        return at

    return say


def main(kind: str, speaker: str) -> None:
    """Carry out orders until there are no more."""
    say = {"service": by_service, "redis": by_redis}[kind](speaker)
    for line in sys.stdin.buffer:
        order = orjson.loads(line)
        time.sleep(order["delay"])
        sent = _say_all(say, order["rooms"], order["messages"], order["rate"])
        sys.stdout.buffer.write(orjson.dumps(sent) + b"\n")
        sys.stdout.buffer.flush()


def _say_all(
    say: Say, rooms: list[str], messages: list[int], rate: float
) -> list[tuple[int, int, float]]:
    """Say so many messages a second in the rooms in turn: what was said where and when."""
    began, sent = time.monotonic(), []
    for place, message in enumerate(messages):
        time.sleep(max(0.0, began + place / rate - time.monotonic()))
        room = place % len(rooms)
        sent.append((message, room, say(rooms[room], message)))
    return sent


if __name__ == "__main__":
    main(*sys.argv[1:])
