"""Whatever dies at whichever moment of a keyed mutation, its repeat has one effect and one answer.

Five mutations stand for all: one that makes a row, one about money, one that says something, one
with a file, one that writes a letter. They are under way at once when their server is killed.
"""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from apps.core.models import Delivery, IdempotencyRecord
from apps.core.services.event_log import deliver_due
from tests.architecture.guards.calls import keyed_input, token_of
from tests.architecture.guards.effects import made_by, said
from tests.architecture.isolation.asking import Reply, asked, file_in
from tests.architecture.isolation.calling import valid_for
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import call, taken_back
from tests.support.faults_app.handlers import holding_bells
from tests.support.faults_app.models import Effect
from tests.support.house import House
from tests.support.pictures import picture
from tests.support.server import Server, await_gone
from tests.support.stops import holding, let_go, stopped, stopping
from tests.support.threads import in_background, wait_until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

FIVE = ("createOrder", "counterBid", "sendMessage", "addOrderPhoto", "inviteMember")

Call = tuple[str, str | None, dict[str, Any] | None]


def post(server: Server, document: str, token: str | None, variables: Any) -> Reply:
    """Call a mutation of a server, with the picture of its input where there is one."""
    headers = {"Authorization": f"Bearer {token}", "Apollo-Require-Preflight": "true"}
    plain = json.dumps({"query": document, "variables": variables}, default=lambda _file: None)
    sent: dict[str, Any] = {"json": json.loads(plain)}
    if found := file_in(variables):
        places = json.dumps({"0": [found[0]]})
        photo = ("photo.jpg", picture(), "image/jpeg")
        sent = {"data": {"operations": plain, "map": places}, "files": {"0": photo}}
    return Reply(httpx.post(server.url, headers=headers, timeout=30, **sent).json())


@contextmanager
def under_way(server: Server, calls: list[Call]) -> Iterator[None]:
    """All five are asked of a server while the block runs, which kills it."""
    with in_background(*[partial(post, server, *each) for each in calls]) as requests:
        yield
    assert all(isinstance(request.exception(), httpx.TransportError) for request in requests)


def all_stop() -> None:
    """Wait until all five have come to where they are stopped."""
    wait_until(lambda: stopped() == len(FIVE), seconds=5)


def before_the_key_is_locked(house: House, server: Server, calls: list[Call]) -> None:
    """Somebody else holds their keys."""
    label = IdempotencyRecord._meta.label
    locks = [f"hashtextextended('{label}:{scope}', 0)" for scope in scopes(calls)]
    with holding(*locks), under_way(server, calls):
        all_stop()
        server.kill()


def scopes(calls: list[Call]) -> list[str]:
    """What their keys are locked by."""
    with taken_back():
        for each in calls:
            asked(*each)
        found = IdempotencyRecord.objects.values_list("scope", "operation", "key")
        return [":".join(record) for record in found]


def at(moment: str, house: House, server: Server, calls: list[Call]) -> None:
    """They are about to note their key, or have done so and do not commit."""
    with stopping(moment), under_way(server, calls):
        all_stop()
        server.kill()


def after_the_commit(house: House, server: Server, calls: list[Call]) -> None:
    """The database commits, and the server does not live to hear of it."""
    with stopping("commit"), under_way(server, calls):
        all_stop()
        server.popen.send_signal(signal.SIGSTOP)
        let_go()
        wait_until(lambda: IdempotencyRecord.objects.count() == len(FIVE))
        server.kill()


def before_the_answer(house: House, server: Server, calls: list[Call]) -> None:
    """Their payloads are read, and not sent."""
    stop = house.folder / "stop"
    stop.touch()
    with under_way(server, calls):
        wait_until(lambda: len(list(house.folder.glob("answer-*"))) == len(FIVE))
        server.kill()
    stop.unlink()


def in_a_handler(house: House, server: Server, calls: list[Call]) -> None:
    """All is answered, and whoever handles what happened dies over it."""
    with holding_bells():
        for each in calls:
            post(server, *each)
        worker = house.worker()
        wait_until(stopped, seconds=40)
        worker.kill(), server.kill()


Crash = Callable[[House, Server, list[Call]], None]
#: Each with how many of the five it leaves done.
CRASHES: dict[str, tuple[Crash, int]] = {
    "before the key is locked": (before_the_key_is_locked, 0),
    "before the record": (partial(at, "before"), 0),
    "before the commit": (partial(at, "after"), 0),
    "after the commit": (after_the_commit, 5),
    "before the answer": (before_the_answer, 5),
    "in a handler": (in_a_handler, 5),
}


@pytest.mark.parametrize("moment", CRASHES)
def test_a_repeat_after_a_crash_has_one_effect_and_one_answer(house: House, moment: str):
    world = World()
    calls = [five_call(world, name) for name in FIVE]
    with taken_back():
        expected = made_by(lambda: [*[asked(*each) for each in calls], deliver_due()])
    crash, done = CRASHES[moment]
    left: list[int] = []
    answers: list[list[Reply]] = []

    def crash_and_repeat() -> None:
        crash(house, house.web(application="tests.support.stopping_asgi:application"), calls)
        await_gone()
        left.append(IdempotencyRecord.objects.count())
        server = house.web()
        answers.extend([post(server, *each) for each in calls] for _ in range(2))
        wait_until(all_is_handled, every=0.2)

    made = made_by(crash_and_repeat)

    first, again = answers
    assert left == [done]
    assert [reply.codes for reply in first] == [set()] * len(FIVE), house.log()
    assert [said(reply) for reply in first] == [said(reply) for reply in again]
    assert made == expected
    assert Effect.objects.count() == 1


def five_call(world: World, name: str) -> Call:
    """How one of the five is called under its key."""
    valid = valid_for(name)[0]
    return call(name, keyed_input(world, valid), token_of(world, valid))


def all_is_handled() -> bool:
    """Hand out what is due; whether nothing is left."""
    deliver_due()
    return not Delivery.objects.exclude(state="DONE").exists()
