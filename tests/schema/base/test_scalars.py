"""One format for each scalar."""

from datetime import datetime, timedelta, timezone

from tests.factories.cast import Cast
from tests.factories.orders import OrderFactory
from tests.support.graphql import GraphQL, gid


def test_an_instant_has_six_digits_in_utc(graphql: GraphQL, cast: Cast):
    noon = datetime(2026, 1, 2, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    order = OrderFactory(client_profile=cast.ben_client, published_at=noon)

    answer = graphql(
        "query($id: ID!) { order(id: $id) { publishedAt } }", {"id": gid(order)}, by=cast.ben
    )

    assert answer.data["order"]["publishedAt"] == "2026-01-02T12:00:00.000000+00:00"


def test_a_text_is_no_file(graphql: GraphQL, cast: Cast):
    answer = graphql(
        'mutation { uploadPhoto(input: {photo: "photo.jpg"}) { __typename } }', by=cast.ben
    )

    assert (answer.status, answer.code) == (400, "invalid_request")
