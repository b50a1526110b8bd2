"""Strangers learn nothing of the schema where introspection is closed."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from schema.base.execution import _cached
from tests.support.graphql import GraphQL


@pytest.fixture
def closed(settings: Settings) -> Iterator[None]:
    """Introspection is closed, as in production; verdicts on documents are not kept."""
    _cached.cache_clear()
    settings.OPEN_INTROSPECTION = False
    yield
    _cached.cache_clear()


@pytest.mark.usefixtures("closed")
def test_closed_introspection_answers_nothing(graphql: GraphQL):
    answer = graphql("{ __schema { types { name } } }")

    assert answer.status == 400
    assert {e["extensions"]["code"] for e in answer.body["errors"]} == {"invalid_request"}
    assert "data" not in answer.body


@pytest.mark.usefixtures("closed")
def test_a_mistyped_field_is_not_corrected(graphql: GraphQL):
    answer = graphql("{ languag { totalCount } }")

    (error,) = answer.body["errors"]
    assert error["message"] == "Cannot query field 'languag' on type 'Query'."


def test_open_introspection_answers_and_corrects(graphql: GraphQL):
    schema = graphql("{ __schema { queryType { name } } }")
    corrected = graphql("{ languag { totalCount } }")

    assert schema.data == {"__schema": {"queryType": {"name": "Query"}}}
    assert "Did you mean" in corrected.body["errors"][0]["message"]
