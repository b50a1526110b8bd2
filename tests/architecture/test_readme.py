"""The README's commands do what it says, against a server with the demo data."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from strawberry.relay import from_base64

from apps.orders.models import Order
from apps.orders.services.orders import update_order
from kernel.viewer import SYSTEM, acting_as
from tests.support.node import JOURNEYS, node
from tests.support.server import ROOT, Server, serving

BLOCK = re.compile(r"<!-- run -->\n```(\w+)\n(.*?)```", re.S)


def _blocks(port: int) -> dict[str, str]:
    text = (ROOT / "README.md").read_text().replace("localhost:8000", f"127.0.0.1:{port}")
    return dict(BLOCK.findall(text))


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[Server]:
    """A server on the demo data."""
    call_command("load_demo", once=True)
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def snippet() -> Iterator[Path]:
    """A place for a script where the clients are installed."""
    path = JOURNEYS / "readme-snippet.mjs"
    yield path
    path.unlink(missing_ok=True)


def _shell(code: str) -> list[str]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code + '\necho; echo "$TOKEN"'],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.strip().splitlines()


def test_the_first_query_and_the_first_subscription_run(server: Server, snippet: Path):
    blocks = _blocks(server.port)
    snippet.write_text(blocks["js"])
    order_id = re.search(r"id: '([^']+)'", blocks["js"])
    assert order_id
    order = Order.objects.get(pk=from_base64(order_id[1])[1])

    orders, token = _shell(blocks["sh"])
    environment = os.environ | {"TOKEN": token}
    log = server.log.with_name("follower.log")
    with log.open("w") as output:
        follower = subprocess.Popen(
            [node(), snippet.name], cwd=JOURNEYS, env=environment, stdout=output, stderr=output
        )
    try:
        first = _change_until_heard(order, follower, log)
    finally:
        follower.kill()
        follower.wait()

    assert '"totalCount":8' in orders
    assert "OrderUpdated" in first


def _change_until_heard(order: Order, follower: "subprocess.Popen[bytes]", log: Path) -> str:
    """Change the order every second until the follower, which takes a moment to start, hears."""
    for number in range(20):
        with acting_as(SYSTEM):
            update_order(order=order, changes={"special_requirements": f"Ring {number} times."})
        with suppress(subprocess.TimeoutExpired):
            follower.wait(1)
        if log.stat().st_size:
            break
    return log.read_text()


def test_the_readme_names_every_variable_of_the_example():
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))

    readme = (ROOT / "README.md").read_text()

    assert {name for name in named if f"`{name}`" not in readme} == {
        "BIND_ADDRESS",
        "PORT",
        "BEAT_SCHEDULE",
    }
