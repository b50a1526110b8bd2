"""The id that ties an answer to its lines in the log."""

import re

import pytest
from django.test import Client

from apps.core.models import AuditEntry

FORGED = '0123456789abcdef"}\n{"event": "forged'


def _ask() -> str:
    answer = Client().post(
        "/graphql/", {"query": "{ __typename }"}, content_type="application/json"
    )
    return str(answer["X-Request-Id"])


def test_each_answer_has_an_id_of_its_own(db: None):
    first, second = _ask(), _ask()

    assert (len(first), len(second)) == (16, 16)
    assert first != second


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/livez", 200),
        ("/admin/login/", 200),
        ("/nowhere", 404),
        ("/files/rubbish", 404),
        ("/reports/sms/rubbish?status=1", 404),
        ("/graphql/?token=rubbish", 400),
    ],
)
def test_answers_that_are_not_graphql_have_one_too(db: None, path: str, status: int):
    answer = Client().get(path)

    assert answer.status_code == status
    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-Id"])


def test_what_a_client_calls_its_request_is_not_taken_over(db: None):
    answer = Client().get("/livez", headers={"X-Request-Id": FORGED, "Request-Id": FORGED})

    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-Id"])
    assert answer["X-Request-Id"] not in FORGED


def test_what_is_noted_of_a_request_has_its_id(db: None):
    form = {"username": "nobody@example.org", "password": "wrong"}

    answer = Client().post("/admin/login/", form)

    (entry,) = AuditEntry.objects.filter(action="SIGN_IN_FAILED")
    assert entry.request_id == answer["X-Request-Id"]
