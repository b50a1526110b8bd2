"""Two people talk in a real browser, each in a session of their own."""

from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.node import journey
from tests.support.server import serving


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_what_one_types_appears_at_the_other(tmp_path: Path):
    call_command("load_demo", once=True)

    with serving(tmp_path) as server:
        saw = journey("chat_page.mjs", "--api", server.url, "--out", str(tmp_path / "chat.png"))

    last = {"state": "online", "messages": 8, "words": "Nine it is. I bring the cartridge."}
    assert saw["ben"] == {"other": "Ada Mbatha", "isOwn": False, **last}
    assert saw["ada"] == {"other": "Ben Jacobs", "isOwn": True, **last}
    assert saw["typing"] == "Ada Mbatha is writing …"
    assert saw["errors"] == []
