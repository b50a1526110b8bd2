"""GraphiQL in a real browser: sign in by the form, run a query, follow a subscription."""

from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.node import journey
from tests.support.server import serving


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_graphiql_signs_in_asks_and_follows(tmp_path: Path):
    call_command("load_demo", once=True)

    with serving(tmp_path) as server:
        seen = journey(
            "graphiql.mjs",
            *("--url", server.url),
            *("--email", "ben@fundi.example"),
            *("--password", "ben-needs-a-plumber"),
            *("--out", str(tmp_path / "graphiql.png")),
        )

    assert seen["query"]["data"]["orders"]["totalCount"] == 8
    assert seen["subscriptionStarted"] is True
    assert seen["console_errors"] == []
