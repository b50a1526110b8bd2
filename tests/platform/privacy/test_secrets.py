"""Secrets are written down where they belong, and nowhere else."""

import json
from base64 import b64encode

import pytest

from tests.factories.cast import Cast
from tests.platform.privacy.canaries import Canaries
from tests.platform.privacy.declared import DECLARED
from tests.platform.privacy.estate import Estate
from tests.platform.privacy.places import places
from tests.platform.privacy.pushing import Pushing


@pytest.mark.timeout(240)
def test_secrets_stand_where_it_is_declared_and_nowhere_else(estate: Estate, cast: Cast):
    estate.start()
    Pushing(estate, cast).all()

    found = {place: estate.canaries.found_in(text) for place, text in places(estate)}

    assert {place: kinds for place, kinds in found.items() if kinds} == {
        place: kinds for place, (kinds, _reason) in DECLARED.items()
    }
    assert len(estate.canaries.kinds) >= 100
    written = estate.logs()["web.log"].splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    failed = [line for line in lines if line["event"] == "operation_failed"]
    assert {line["field"] for line in failed} == {"fail", "failOver", "collide", "incomplete"}
    collided = next(line["exception"] for line in failed if line["field"] == "collide")
    assert "IntegrityError (23505 accounts_user user_email)" in collided
    assert "tests/support/probe.py" in collided


@pytest.mark.parametrize(
    "text",
    ["… {} …", '{{"a": "{}"}}', "a=%2B{}&b", "path?token={}"],
    ids=["plain", "json", "quoted", "address"],
)
def test_a_secret_is_found_however_it_is_written(text: str):
    canaries = Canaries()
    secret = canaries.word("secret")
    canaries.word("another")

    assert canaries.found_in(text.format(secret)) == {"secret"}


def test_a_secret_is_found_in_the_body_of_a_task():
    canaries = Canaries()
    arguments = json.dumps([[], {"token": canaries.word("secret")}, {}]).encode()

    assert canaries.found_in(json.dumps({"body": b64encode(arguments).decode()})) == {"secret"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("is 482913.\n", {"code"}),
        ("is 482913, ", {"code"}),
        ("0.482913", set()),
        ("x482913", set()),
    ],
)
def test_a_code_is_no_part_of_a_longer_number(text: str, kinds: set[str]):
    canaries = Canaries()
    canaries.note("code", "482913")

    assert canaries.found_in(text) == kinds
