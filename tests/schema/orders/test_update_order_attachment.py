"""Saying what a file of an order shows, and taking it away."""

from typing import Any

import pytest

from apps.orders.models import Order, OrderAttachment
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def _file(order: Order) -> OrderAttachment:
    about = {"name": "a.pdf", "file": "a.pdf", "content_type": "application/pdf", "size": 9}
    return OrderAttachment.objects.create(order=order, **about)


def _update(graphql: GraphQL, file: OrderAttachment, *, by: Any, **given: Any) -> Answer:
    given = {"attachmentId": gid(file)} | given
    return graphql.mutate(
        "updateOrderAttachment", given, "... on OrderAttachment { caption name version }", by=by
    )


def _remove(graphql: GraphQL, file: OrderAttachment, *, by: Any) -> Answer:
    return graphql.mutate(
        "removeOrderAttachment",
        {"attachmentId": gid(file)},
        "... on OrderAttachment { id isDeleted }",
        by=by,
    )


def test_a_caption_is_changed(graphql: GraphQL, cast: Cast):
    file = _file(cast.ben_order(published=True))

    answer = _update(graphql, file, by=cast.ben, caption="The plan", version=1)

    changed = {"caption": "The plan", "name": "a.pdf", "version": 2}
    assert answer.data["updateOrderAttachment"] == {"__typename": "OrderAttachment"} | changed


def test_what_is_left_out_stays_and_null_is_empty(graphql: GraphQL, cast: Cast):
    file = _file(cast.ben_order())
    _update(graphql, file, by=cast.ben, caption="The plan")

    left_out = _update(graphql, file, by=cast.ben).data["updateOrderAttachment"]
    emptied = _update(graphql, file, by=cast.ben, caption=None).data["updateOrderAttachment"]

    assert (left_out["caption"], emptied["caption"]) == ("The plan", "")


def test_a_file_is_taken_away(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    file, other = _file(order), _file(order)

    answer = _remove(graphql, file, by=cast.ben).data["removeOrderAttachment"]

    assert (answer["id"], answer["isDeleted"]) == (gid(file), True)
    assert [*order.attachments.all()] == [other]
    assert _remove(graphql, file, by=cast.ben).code == "not_found"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"caption": "x" * 201}, "max_length", "caption"),
        ({"caption": "Later", "version": 7}, "version_conflict", "version"),
    ],
)
def test_bad_changes_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str
):
    file = _file(cast.ben_order())

    with nothing_changes():
        answer = _update(graphql, file, by=cast.ben, **given)

    assert (answer.code, answer.refusal["field"]) == (code, field)


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_the_files_of_an_order_that_went_on_stay(graphql: GraphQL, cast: Cast, status: str):
    file = _file(cast.ben_order(status=status))

    with nothing_changes():
        updated = _update(graphql, file, by=cast.ben, caption="Late")
        removed = _remove(graphql, file, by=cast.ben)

    assert (updated.code, removed.code) == ("illegal_transition", "illegal_transition")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_does(graphql: GraphQL, cast: Cast, who: str, code: str):
    file, by = _file(cast.ada_bid().order), getattr(cast, who)

    with nothing_changes():
        updated = _update(graphql, file, by=by, caption="Mine")
        removed = _remove(graphql, file, by=by)

    assert (updated.code, removed.code) == (code, code)
