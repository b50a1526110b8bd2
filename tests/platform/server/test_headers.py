"""What browsers are told: to refuse what no page of ours needs, and which other pages may ask."""

import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.platform.server.test_settings import PRODUCTION
from tests.support.server import ROOT

WEB = "https://app.example.org"
#: What clients of ours send: Apollo's, Relay's, and whoever uploads.
SENT = {
    *("authorization", "content-type"),
    *("apollo-require-preflight", "x-apollo-operation-name", "graphql-preflight"),
}
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": ",".join(SENT),
}
QUERY = {"query": "{ __typename }"}

pytestmark = pytest.mark.django_db


def policy(answer: Any) -> dict[str, str]:
    """The parts of an answer's policy, by name."""
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def ask(client: Client, **headers: str) -> Any:
    """The answer to a query."""
    return client.post("/graphql/", QUERY, content_type="application/json", headers=headers)


@pytest.fixture
def web(settings: Settings) -> None:
    """A page of another origin may ask."""
    settings.CORS_ALLOWED_ORIGINS = [WEB]


def test_an_answer_for_programs_may_do_nothing_in_a_browser(client: Client):
    answers = [ask(client), client.get("/livez"), client.get("/nowhere"), client.get("/files/no")]

    for answer in answers:
        assert policy(answer)["default-src"] == policy(answer)["frame-ancestors"] == "'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/nowhere/", "/admin/jsi18n/"])
def test_the_admin_runs_no_scripts_but_its_own(client: Client, path: str):
    found = policy(client.get(path))

    assert (found["default-src"], found["frame-ancestors"]) == ("'none'", "'none'")
    assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"


def test_graphiql_keeps_its_own_policy(client: Client):
    page = client.get("/graphql/", headers={"Accept": "text/html"})

    assert "'unsafe-inline'" in policy(page)["style-src"]
    assert "'unsafe-inline'" not in policy(page)["script-src"]
    assert "camera=()" in page["Permissions-Policy"]


@pytest.mark.usefixtures("web")
def test_a_page_that_may_ask_may_send_what_clients_send(client: Client):
    answer = client.options("/graphql/", headers={"Origin": WEB} | ASKED)

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == WEB
    assert set(answer["Access-Control-Allow-Headers"].split(", ")) >= SENT
    assert "POST" in answer["Access-Control-Allow-Methods"].split(", ")
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.usefixtures("web")
def test_a_page_that_may_ask_reads_what_clients_read(client: Client):
    answer = ask(client, Origin=WEB)

    assert answer["Access-Control-Allow-Origin"] == WEB
    assert answer["Access-Control-Expose-Headers"] == "X-Request-Id, Retry-After"
    assert answer["X-Request-Id"]


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("path", "origin"),
    [("/graphql/", "https://elsewhere.example.org"), ("/graphql/", "null"), ("/admin/", WEB)],
)
def test_no_other_page_may_ask_and_none_in_the_admin(client: Client, path: str, origin: str):
    answers = [
        client.options(path, headers={"Origin": origin} | ASKED),
        client.get(path, headers={"Origin": origin}),
    ]

    assert [
        name for answer in answers for name in answer.headers if "access-c" in name.lower()
    ] == []


def test_production_is_ready_to_be_deployed():
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment | PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(48)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (2 silenced)" in done.stdout


def test_production_has_browsers_come_by_tls_alone(settings: Settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31_536_000, True

    sent_on = Client().get("/admin/login/")
    answer = Client().get("/admin/login/", secure=True)

    assert (sent_on.status_code, sent_on["Location"]) == (301, "https://testserver/admin/login/")
    told = "max-age=31536000; includeSubDomains; preload"
    assert answer["Strict-Transport-Security"] == told
