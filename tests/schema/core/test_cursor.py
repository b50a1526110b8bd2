"""Asking where all streams stand now."""

from apps.core.selectors import Position, position_now
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL

NOW = "{ cursor }"


def test_who_is_signed_in_is_told_the_present_position(graphql: GraphQL, cast: Cast):
    before = position_now()

    found = Position.parse(graphql(NOW, by=cast.cleo).data["cursor"])

    assert before <= found <= position_now()


def test_the_signed_out_are_not(graphql: GraphQL):
    answer = graphql(NOW)

    assert answer.code == "not_signed_in"
