"""GraphiQL in a real browser: sign in by the form, run a query, follow a subscription."""

from pathlib import Path

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from tests.support.authenticator import with_second_factor
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


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_graphiql_asks_for_a_second_factor(tmp_path: Path):
    call_command("load_demo", once=True)
    app = with_second_factor(User.objects.get(email="ben@fundi.example"))

    with serving(tmp_path) as server:
        seen = journey(
            "graphiql.mjs",
            *("--url", server.url),
            *("--email", "ben@fundi.example"),
            *("--password", "ben-needs-a-plumber"),
            *("--code", app.code(steps=1)),
            *("--out", str(tmp_path / "graphiql.png")),
        )

    assert seen["signedIn"].startswith("ben@fundi.example")
    assert seen["query"]["data"]["orders"]["totalCount"] == 8
