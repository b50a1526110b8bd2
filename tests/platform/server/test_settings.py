"""What the environment must say: the start stops with a sentence that names what is wrong."""

import base64
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kernel.rates import Rate

SETTINGS = Path(__file__).resolve().parents[3] / "platform/server/settings.py"
KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(32, 64))).decode()
SECRET = "a-long-secret-of-many-letters-0123456789-and-more"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": SECRET,
    "ENCRYPTION_KEYS": f"2026:{KEY}",
    "ALLOWED_HOSTS": "fundi.example",
    "DATABASE_URL": "postgres://fundi@localhost/fundi",
    "REDIS_URL": "redis://localhost:6379/0",
    "DEFAULT_FROM_EMAIL": "Fundi <hello@fundi.example>",
}
DEVELOPMENT = {name: PRODUCTION[name] for name in ("DATABASE_URL", "REDIS_URL")} | {
    "ENVIRONMENT": "development"
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing."""
    for name in list(os.environ):
        if name not in ("PATH", "HOME", "PYTHONPATH", "PYTEST_CURRENT_TEST"):
            monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], **changed: str | None) -> Any:
    """The settings of an environment; None takes a variable out of it."""
    for name, value in (given | changed).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_production_starts_with_what_it_needs(monkeypatch: pytest.MonkeyPatch):
    found = read(monkeypatch, PRODUCTION)

    assert (found["PRODUCTION"], found["DEBUG"]) == (True, False)
    assert found["ENCRYPTION_KEYS"] == [f"2026:{KEY}"]
    assert (found["STAFF_SECOND_FACTOR"], found["OPEN_INTROSPECTION"]) == (True, False)
    assert found["RATES"]["SIGN_IN"] == (Rate(5, 60.0), Rate(30, 60.0))


def test_without_an_environment_it_is_production_and_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        read(monkeypatch, {})


WRONG = [
    *(
        ("ENCRYPTION_KEYS", value)
        for value in (
            None,
            "",
            KEY,
            "2026",
            "2026:",
            "2026:short",
            f"2026:{KEY[:-4]}",
            f"2026:{KEY}AAAA",
            f"2026:{KEY}!",
            f"2026:{'A' * 43}=",
            f":{KEY}",
            f"a.b:{KEY}",
            f"{'k' * 21}:{KEY}",
            f"2026:{KEY},2025",
            f"2026:{KEY},2026:{OTHER}",
            f"2026:{KEY},2025:é",
        )
    ),
    *(("SECRET_KEY", value) for value in (None, "", "short", "a" * 60, SECRET[:39])),
    *(("SECRET_KEY_FALLBACKS", value) for value in ("short", f"{SECRET},short", "a" * 60)),
    *(("RATE_SIGN_IN_ACCOUNT", value) for value in ("", "5", "5/", "/60", "a/b", "0/60", "5/0")),
    ("RATE_SIGN_IN_ADDRESS", "5/-60"),
    ("RATE_SIGN_UP_ACCOUNT", "1.5/60"),
    ("RATE_RESET_ADDRESS", "5 per minute"),
    ("RATE_CODE_ACCOUNT", "5/nan"),
    ("RATE_REFRESH_ADDRESS", "5/60/60"),
    *(("SMS_GATEWAY", value) for value in ("", "Panacea", "twilio", "apps.sms.Gateway")),
    *(("TRUSTED_PROXIES", value) for value in ("-1", "one", "")),
    *(("ACCESS_TOKEN_SECONDS", value) for value in ("soon", "1.5", "")),
    ("SMS_TIMEOUT", "long"),
    *(("STATEMENT_TIMEOUT", value) for value in ("", "5", "-1s", "5 parsecs", "1h")),
    ("PROCESS_ROLE", "beat"),
    *(("REPLICA_MAX_LAG", value) for value in ("", "0", "-1", "short")),
    ("ALLOWED_HOSTS", None),
    ("DATABASE_URL", None),
    ("REDIS_URL", None),
    ("REDIS_URL", "http://localhost"),
    ("DEBUG", "true"),
    ("ENVIRONMENT", "prod"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_or_missing_variable_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
):
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(monkeypatch, PRODUCTION, **{name: value})

    sentence = str(stopped.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert KEY not in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize("missing", ["PANACEA_USERNAME", "PANACEA_PASSWORD"])
def test_panacea_needs_its_credentials(monkeypatch: pytest.MonkeyPatch, missing: str):
    given = {"SMS_GATEWAY": "panacea", "PANACEA_USERNAME": "u", "PANACEA_PASSWORD": "p"}

    complete = read(monkeypatch, PRODUCTION, **given)
    with pytest.raises(ImproperlyConfigured, match=missing):
        read(monkeypatch, PRODUCTION, **given | {missing: ""})

    assert complete["SMS_GATEWAY"] == "panacea"


def test_rates_are_read_for_accounts_and_addresses(monkeypatch: pytest.MonkeyPatch):
    given = {"RATE_SIGN_IN_ACCOUNT": "2/0.5", "RATE_CODE_ADDRESS": "7/30"}

    found = read(monkeypatch, PRODUCTION, **given)["RATES"]

    assert found["SIGN_IN"] == (Rate(2, 0.5), Rate(30, 60.0))
    assert found["CODE"] == (Rate(10, 600.0), Rate(7, 30.0))


def test_several_encryption_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch):
    ring = f"2027:{OTHER},2026:{KEY}"

    found = read(monkeypatch, PRODUCTION, ENCRYPTION_KEYS=ring)

    assert found["ENCRYPTION_KEYS"] == ring.split(",")


def test_development_makes_a_key_of_its_secret(monkeypatch: pytest.MonkeyPatch):
    one = read(monkeypatch, DEVELOPMENT)["ENCRYPTION_KEYS"]
    again = read(monkeypatch, DEVELOPMENT)["ENCRYPTION_KEYS"]
    other = read(monkeypatch, DEVELOPMENT, SECRET_KEY=SECRET)["ENCRYPTION_KEYS"]

    assert one == again != other
    assert [ring[0].partition(":")[0] for ring in (one, other)] == ["development"] * 2


@pytest.mark.parametrize("key", [f"2026:{'A' * 43}=", "2026:short"])
def test_development_takes_no_weak_key_either(monkeypatch: pytest.MonkeyPatch, key: str):
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        read(monkeypatch, DEVELOPMENT, ENCRYPTION_KEYS=key)


def test_there_is_a_replica_where_one_is_named(monkeypatch: pytest.MonkeyPatch):
    without = read(monkeypatch, PRODUCTION)
    found = read(monkeypatch, PRODUCTION, DATABASE_REPLICA_URL="postgres://reader@second/fundi")

    assert (list(without["DATABASES"]), "DATABASE_ROUTERS" in without) == (["default"], False)
    assert found["DATABASES"]["replica"]["HOST"] == "second"
    assert found["DATABASES"]["default"] == without["DATABASES"]["default"]
    assert found["DATABASE_ROUTERS"] == ["kernel.databases.Router"]


def test_a_statement_may_take_longer_where_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch):
    given = {"STATEMENT_TIMEOUT_WORKER": "500ms"}

    def limit(**changed: str) -> Any:
        return read(monkeypatch, PRODUCTION, **changed)["STATEMENT_TIMEOUT"]

    assert limit() == limit(PROCESS_ROLE="web", **given) == "5s"
    assert limit(PROCESS_ROLE="command") == "0"
    assert limit(PROCESS_ROLE="worker", **given) == "500ms"
    with pytest.raises(ImproperlyConfigured, match="STATEMENT_TIMEOUT_WORKER must"):
        limit(PROCESS_ROLE="worker", STATEMENT_TIMEOUT_WORKER="long")
