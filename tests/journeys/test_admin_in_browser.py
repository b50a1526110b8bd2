"""The admin in a real browser, which is told to refuse all that is not the admin's own."""

from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.node import journey
from tests.support.server import serving


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_the_admin_works_under_its_policy(tmp_path: Path):
    call_command("load_demo", once=True)

    with serving(tmp_path) as server:
        seen = journey(
            "admin.mjs",
            *("--url", server.url.replace("/graphql/", "/admin/")),
            *("--email", "dora@fundi.example"),
            *("--password", "dora-keeps-the-keys"),
            *("--out", str(tmp_path / "admin.png")),
        )

    assert seen["complaints"] == []
    assert seen["index"] == "Administration"
    assert seen["widths"][0] == seen["widths"][1]
    assert seen["offered"] > 0
    assert (seen["permissions"] > 50, seen["calendars"]) == (True, 1)
    assert seen["orders"] > 0
    assert "Logged out" in seen["left"] or "Thanks" in seen["left"]
