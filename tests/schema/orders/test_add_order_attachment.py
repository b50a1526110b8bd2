"""Adding a file, such as a plan, to an order."""

from typing import Any

import pytest
from django.test import Client

from apps.orders.models import Order, OrderAttachment, OrderPhoto
from tests.factories.cast import Cast
from tests.factories.providers import ProviderFactory
from tests.support.files import PDF, private_files, send_file
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import photo_with_exif, picture
from tests.support.unchanged import nothing_changes

ADD = """mutation($input: AddOrderAttachmentInput!) { addOrderAttachment(input: $input) {
  ... on OrderAttachment { id name caption contentType size url viewerCan }
  ... on OperationInfo { messages { kind message field code } } } }"""
SEE = """query($id: ID!) { order(id: $id) {
  attachments(order: [{name: ASC}]) { edges { node { name caption url viewerCan } } } } }"""


def _add(
    graphql: GraphQL, order: Order, content: bytes, *, by: Any, name: str = "plan.pdf", **given: Any
) -> Answer:
    return send_file(graphql, ADD, {"orderId": gid(order)} | given, content, by=by, name=name)


def test_a_pdf_is_kept_as_it_is_and_can_be_had_by_its_address(graphql: GraphQL, cast: Cast):
    order, noise = cast.ben_order(), cast.ben_order()

    answer = _add(graphql, order, PDF, by=cast.ben, caption="The plan").data["addOrderAttachment"]

    attachment = OrderAttachment.objects.get()
    assert [*order.attachments.all()] == [attachment]
    assert not noise.attachments.exists()
    assert {name: answer[name] for name in ("id", "name", "caption", "contentType", "size")} == {
        "id": gid(attachment),
        "name": "plan.pdf",
        "caption": "The plan",
        "contentType": "application/pdf",
        "size": len(PDF),
    }
    assert answer["viewerCan"] == ["updateOrderAttachment", "removeOrderAttachment"]
    got = Client().get(answer["url"])
    assert b"".join(got.streaming_content) == PDF
    assert "plan" not in attachment.file.name


def test_a_picture_is_kept_without_what_the_camera_noted(graphql: GraphQL, cast: Cast):
    _add(graphql, cast.ben_order(), photo_with_exif(), by=cast.ben, name="tap.jpg")

    (path,) = private_files()
    assert OrderAttachment.objects.get().content_type == "image/jpeg"
    assert b"Spycam" not in path.read_bytes()


def test_whoever_sees_the_order_sees_its_files(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order
    _add(graphql, order, PDF, by=cast.ben)
    novice = ProviderFactory(is_verified_provider=False).user_profile.user

    of_cleo = graphql(SEE, {"id": gid(order)}, by=cast.cleo).data["order"]["attachments"]["edges"]

    (seen,) = [edge["node"] for edge in of_cleo]
    assert (seen["name"], seen["viewerCan"]) == ("plan.pdf", [])
    assert graphql(SEE, {"id": gid(order)}, by=novice).code == "not_found"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid_file"),
        (b"just a text", "invalid_file"),
        (b"<html><script>alert(1)</script></html>", "invalid_file"),
        (picture("GIF"), "invalid_file"),
        (PDF + b"\0" * 10 * 1024 * 1024, "file_too_large"),
    ],
    ids=["empty", "text", "page", "GIF", "10 MB and more"],
)
def test_what_is_no_file_of_ours_or_too_large_is_refused(
    graphql: GraphQL, cast: Cast, content: bytes, code: str
):
    order = cast.ben_order()

    with nothing_changes():
        answer = _add(graphql, order, content, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == (code, "file")
    assert private_files() == []


def test_a_caption_that_is_too_long_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()

    with nothing_changes():
        answer = _add(graphql, order, PDF, by=cast.ben, caption="x" * 201)

    assert (answer.code, answer.refusal["field"]) == ("max_length", "caption")
    assert private_files() == []


def test_an_order_has_ten_files_at_most_and_photos_are_counted_apart(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    about = {"name": "a.pdf", "file": "a.pdf", "content_type": "application/pdf", "size": 9}
    for _ in range(9):
        OrderAttachment.objects.create(order=order, **about)
        OrderPhoto.objects.create(order=order, photo_url="a.jpg")
    OrderAttachment.objects.create(order=order, **about).soft_delete()

    tenth = _add(graphql, order, PDF, by=cast.ben)
    with nothing_changes():
        eleventh = _add(graphql, order, PDF, by=cast.ben)

    assert tenth.data["addOrderAttachment"]["name"] == "plan.pdf"
    assert eleventh.code == "too_many_files"
    assert len(private_files()) == 1


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_an_order_that_went_on_takes_none(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = _add(graphql, order, PDF, by=cast.ben)

    assert answer.code == "illegal_transition"
    assert private_files() == []


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_adds_one(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_bid().order, getattr(cast, who)

    with nothing_changes():
        answer = _add(graphql, order, PDF, by=by)

    assert answer.code == code
    assert private_files() == []


def test_a_repeat_under_the_same_key_answers_the_same_file(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()

    first = _add(graphql, order, PDF, by=cast.ben, idempotencyKey="plan")
    again = _add(graphql, order, PDF, by=cast.ben, idempotencyKey="plan")

    ids = [answer.data["addOrderAttachment"]["id"] for answer in (first, again)]
    assert ids[0] == ids[1]
    assert (OrderAttachment.objects.count(), len(private_files())) == (1, 1)
