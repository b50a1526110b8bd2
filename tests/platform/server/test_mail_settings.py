"""What the environment says of mails, and the sentences that stop a start."""

import runpy
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from tests.support.server import ROOT

FROM = {"DEFAULT_FROM_EMAIL": "Fundi <hello@example.org>"}
SMTP = {"EMAIL_GATEWAY": "smtp", "EMAIL_HOST": "mail.example.org"} | FROM
KEYS = {
    "amazon_ses": ["AMAZON_SES_REGION"],
    "brevo": ["BREVO_API_KEY"],
    "mailersend": ["MAILERSEND_API_TOKEN"],
    "mailgun": ["MAILGUN_API_KEY"],
    "mailjet": ["MAILJET_API_KEY", "MAILJET_SECRET_KEY"],
    "mailtrap": ["MAILTRAP_API_TOKEN"],
    "mandrill": ["MANDRILL_API_KEY"],
    "postal": ["POSTAL_API_KEY", "POSTAL_API_URL"],
    "postmark": ["POSTMARK_SERVER_TOKEN"],
    "resend": ["RESEND_API_KEY"],
    "scaleway": ["SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"],
    "sendgrid": ["SENDGRID_API_KEY"],
    "sparkpost": ["SPARKPOST_API_KEY"],
}


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """The settings that an environment gives."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "platform/server/settings.py"))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"EMAIL_GATEWAY": "pigeon"}, "EMAIL_GATEWAY must be console, smtp, amazon_ses or "),
        ({"EMAIL_GATEWAY": "smtp"} | FROM, "EMAIL_HOST must name the server that takes mails."),
        (SMTP | {"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL must be who mails come from"),
        ({"DEFAULT_FROM_EMAIL": "Fundi"}, "DEFAULT_FROM_EMAIL must be who mails come from"),
        ({"DEFAULT_FROM_EMAIL": "Fundi <a@b"}, "DEFAULT_FROM_EMAIL must be who mails come from"),
        (
            SMTP | {"EMAIL_USE_TLS": "on", "EMAIL_USE_SSL": "on"},
            "EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other.",
        ),
        (
            SMTP | {"EMAIL_USE_TLS": "off", "EMAIL_USER": "fundi"},
            "EMAIL_PASSWORD would travel in the clear: use TLS or SSL.",
        ),
        (
            {"EMAIL_GATEWAY": "mailjet", "ANYMAIL_MAILJET_API_KEY": "k"} | FROM,
            "ANYMAIL_MAILJET_SECRET_KEY is needed to send mail by mailjet.",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
):
    with pytest.raises(ImproperlyConfigured) as stop:
        read(monkeypatch, **variables)

    assert sentence in str(stop.value)


def test_with_nothing_said_mails_go_to_the_console(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EMAIL_GATEWAY", raising=False)

    found = read(monkeypatch)

    assert (found["EMAIL_GATEWAY"], found["DEFAULT_FROM_EMAIL"]) == (
        *("console", "Fundi <fundi@localhost>"),
    )


@pytest.mark.parametrize(("ssl", "expected"), [("off", (False, True)), ("on", (True, False))])
def test_smtp_is_encrypted_in_one_of_two_ways(
    monkeypatch: pytest.MonkeyPatch, ssl: str, expected: tuple[bool, bool]
):
    found = read(monkeypatch, **SMTP, EMAIL_USER="u", EMAIL_PASSWORD="p", EMAIL_USE_SSL=ssl)

    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == expected
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("u", "p")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_TIMEOUT"]) == (
        *("mail.example.org", 587, 10.0),
    )


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize("provider", KEYS)
def test_each_provider_can_be_chosen(monkeypatch: pytest.MonkeyPatch, settings: Any, provider: str):
    keys = {f"ANYMAIL_{name}": "https://x.example" for name in KEYS[provider]}
    url = {f"ANYMAIL_{provider.upper()}_API_URL": "https://eu.example"}

    found = read(monkeypatch, EMAIL_GATEWAY=provider, **(FROM | keys | url))

    settings.ANYMAIL = found["ANYMAIL"]
    backend = import_string(found["EMAIL_BACKEND"])()
    assert getattr(backend, "api_url", "https://eu.example/") == "https://eu.example/"
    assert getattr(backend, "timeout", 10.0) == 10.0


def test_without_its_keys_no_provider_can_be_chosen(monkeypatch: pytest.MonkeyPatch):
    for provider, names in KEYS.items():
        with pytest.raises(ImproperlyConfigured, match=f"ANYMAIL_{names[0]} is needed"):
            read(monkeypatch, EMAIL_GATEWAY=provider, **FROM)


def test_amazon_has_the_same_time_out(monkeypatch: pytest.MonkeyPatch):
    found = read(
        monkeypatch, EMAIL_GATEWAY="amazon_ses", ANYMAIL_AMAZON_SES_REGION="af-south-1", **FROM
    )

    assert found["ANYMAIL"]["AMAZON_SES_CLIENT_PARAMS"] == {
        "region_name": "af-south-1",
        "config": {"connect_timeout": 10.0, "read_timeout": 10.0},
    }
