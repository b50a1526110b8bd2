"""Two people talk about an order from apps of their own, whatever becomes of their connections."""

import json
import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from PIL import Image

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatMessage
from schema.root import schema
from tests.factories.cast import Cast
from tests.support.graphql import gid
from tests.support.node import JOURNEYS, journey
from tests.support.server import EITHER, ROOT, Server, serving
from tests.support.threads import wait_until

GOODBYE = "The server may go"


def _world(server: Server, cast: Cast, photo: Path) -> str:
    """What the script needs to know: where the server is, who talks, and about what."""
    Image.new("RGB", (8, 8), "blue").save(photo)
    orders = [gid(cast.ada_work()) for _ in range(2)]
    people = {"ada": cast.ada, "ben": cast.ben, "cleo": cast.cleo}
    tokens = {name: start_session(user=user).access_token for name, user in people.items()}
    world = {"url": server.url, "wsUrl": server.ws_url, "tokens": tokens, "orders": orders}
    return json.dumps({**world, "photo": str(photo), "goodbye": GOODBYE})


def _said_or_failed(told: Future[Any]) -> bool:
    """Whether the journey has come to where the server may go, or to its end."""
    return told.done() or ChatMessage.objects.filter(content=GOODBYE).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("daphne", EITHER)
def test_two_talk_through_a_lost_network_and_a_server_that_goes(
    tmp_path: Path, cast: Cast, daphne: bool
):
    going_away = 4001 if daphne else 1001
    with serving(tmp_path, daphne=daphne) as server, ThreadPoolExecutor(1) as pool:
        world = _world(server, cast, tmp_path / "tap.png")
        told = pool.submit(journey, "chat.mjs", world, seconds=120)
        wait_until(lambda: _said_or_failed(told), seconds=60)
        server.terminate()
        with serving(tmp_path, daphne=daphne, port=server.port):
            saw = told.result()

    assert (saw["sameRoom"], saw["stranger"]) == (True, "not_found")
    assert (saw["again"], saw["typing"], saw["presence"]) == (True, "Ada Nkosi", True)
    assert saw["receipts"] == [["Ada Nkosi", 11], ["Ada Nkosi", 11]]
    assert saw["room"] == [11, [["Ada Nkosi", True], ["Ben Botha", False]]]
    assert saw["picture"] == ["image/jpeg", 200, "ffd8ff"]
    assert saw["inbox"] == ["RoomOpened", "About the other job"]
    assert saw["closings"] == {"ben": [going_away], "ada": [1006, going_away]}
    assert saw["events"] == [
        *("ChatMessagesDelivered 11", "ChatMessagesRead 11"),
        *("ChatMessageEdited 13", "ChatMessageDeleted 14"),
    ]
    assert saw["numbers"] == list(range(1, 20))
    assert (saw["inboxCaughtUp"], saw["once"]) == (True, [True, True])
    assert [number for number, _ in saw["cached"]] == list(range(20, 0, -1))
    assert [words for _, words in saw["cached"][:3]] == ["Good night", "I am back", "You were away"]


def _lines(text: str) -> str:
    """A text without what stands before its lines."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_what_the_guide_shows_is_what_the_journeys_run():
    shown = re.findall(r"```js\n(.*?)```", (ROOT / "docs/chat.md").read_text(), re.S)
    run = "\n".join(
        _lines((JOURNEYS / name).read_text()) for name in ("app.mjs", "chat_page/session.js")
    )

    assert len(shown) == 4
    assert [block for block in shown if _lines(block) not in run] == []


def test_each_operation_that_the_guide_shows_is_one():
    shown = re.findall(r"```graphql\n(.*?)```", (ROOT / "docs/chat.md").read_text(), re.S)

    problems = [validate(schema._schema, parse(text)) for text in shown]

    assert problems == [[], []]


def test_the_guide_names_no_code_that_there_is_not():
    named = re.findall(r"`([a-z]+_[a-z_]+)`", (ROOT / "docs/chat.md").read_text())
    sources = [*ROOT.glob("apps/chat/**/*.py"), *ROOT.glob("apps/core/*.py")]
    sources += [*ROOT.glob("schema/**/*.py"), *ROOT.glob("platform/kernel/*.py")]
    sources += [*ROOT.glob("apps/accounts/*.py")]
    known = "\n".join(path.read_text() for path in sources)

    assert [code for code in {*named} if f'"{code}"' not in known] == []
