"""Looks for leaks in subscriptions: every frame that each of the nine gets on a real socket."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed

from apps.core.selectors import position_now
from kernel.viewer import SYSTEM, acting_as
from tests.architecture.isolation import documents
from tests.architecture.isolation.actors import OWNER
from tests.architecture.isolation.asking import FAULTS
from tests.architecture.isolation.topics import Topic, topics_of
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import REFUSALS
from tests.support.sockets import Socket, connected

#: How long a stream has to be quiet until nothing more is expected of it.
QUIET = 0.4
#: How often something is made to happen until the owner hears of it.
PATIENCE = 60


@dataclass
class Follower:
    """One of the nine on a socket of their own, with what came there."""

    actor: str
    socket: Socket | None
    frames: list[dict[str, Any]] = field(default_factory=list)
    refusals: set[str] = field(default_factory=set)

    def listen(self, within: float) -> bool:
        """Whether another frame came in time."""
        if self.socket is None:
            return False
        try:
            frame = self.socket.receive(within=within)
        except (TimeoutError, ConnectionClosed):
            return False
        if frame["type"] == "error":
            self.refusals |= {error["extensions"]["code"] for error in frame["payload"]}
        self.frames.append(frame)
        return True

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The frames that carry news."""
        return [frame for frame in self.frames if frame["type"] == "next"]


def leaks_of_subscription(world: World, url: str, name: str) -> list[str]:
    """What a subscription tells those of the nine whom it is not for."""
    found: set[str] = set()
    for topic in topics_of(world, name):
        found.update(_of_topic(world, url, name, topic))
    return sorted(found)


def _of_topic(world: World, url: str, name: str, topic: Topic) -> Iterator[str]:
    with acting_as(SYSTEM):
        start = str(position_now())
    topic.cause()
    with ExitStack() as stack:
        followers = [
            _follower(stack, url, actor.name, token)
            for actor in world.nine()
            for token in actor.tokens
        ]
        for follower in followers:
            _subscribe(follower, name, topic, start)
        (owner,) = (follower for follower in followers if follower.actor == OWNER)
        if not _hears(owner, topic):
            yield f"owner: {name} is silent: {owner.frames}"
            return
        _finish(followers)
    for follower in followers:
        yield from _judged(world, name, topic, follower)


def _follower(stack: ExitStack, url: str, actor: str, token: str | None) -> Follower:
    """An actor on a socket; on none, where their token opens none."""
    socket = None
    with suppress(ConnectionClosed):
        socket = stack.enter_context(connected(url, token=token, init=True))
    return Follower(actor, socket)


def _subscribe(follower: Follower, name: str, topic: Topic, start: str) -> None:
    """Follow a topic, from before its last news where the subscription knows of that."""
    subscription = documents.SUBSCRIPTIONS[name]
    given = topic.arguments | ({"after": start} if "after" in subscription.args else {})
    literals = ", ".join(f"{key}: {json.dumps(value)}" for key, value in given.items())
    relations = documents.MAX_RELATIONS - 1
    selections = documents.whole(subscription.type, literals, relations=relations)
    for number, selection in enumerate(selections):
        if follower.socket is not None:
            follower.socket.subscribe(str(number), f"subscription {{ {name}{selection} }}")


def _hears(owner: Follower, topic: Topic) -> bool:
    """Whether the owner hears, of what was before or of what happens now."""
    for _ in range(PATIENCE):
        if owner.listen(within=0.5):
            return bool(owner.heard)
        topic.cause()
    return False


def _finish(followers: list[Follower]) -> None:
    """Take in what is still to come, until all are quiet."""
    for number, follower in enumerate(followers):
        within = 0.05 if number else QUIET
        while follower.listen(within):
            within = 0.05


def _judged(world: World, name: str, topic: Topic, follower: Follower) -> Iterator[str]:
    where = f"{follower.actor}: {name}"
    if follower.heard and follower.actor not in topic.heard_by:
        yield f"{where} tells them of {topic.arguments}"
    for code in follower.refusals - REFUSALS:
        yield f"{where} answers {code}"
    for frame in follower.frames:
        text = json.dumps(frame)
        for leak in world.seen(follower.actor, text):
            yield f"{where} shows {leak}"
        for code in FAULTS:
            if f'"{code}"' in text:
                yield f"{where} answers {code}"
