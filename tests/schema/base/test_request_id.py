"""The id that ties an answer to its lines in the log."""

from django.test import Client


def _ask() -> str:
    answer = Client().post(
        "/graphql/", {"query": "{ __typename }"}, content_type="application/json"
    )
    return str(answer["X-Request-Id"])


def test_each_answer_has_an_id_of_its_own(db: None):
    first, second = _ask(), _ask()

    assert (len(first), len(second)) == (16, 16)
    assert first != second
