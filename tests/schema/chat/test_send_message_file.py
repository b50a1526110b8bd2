"""Sending a file or a picture into a room."""

from typing import Any

import pytest
from django.test import Client

from apps.chat.models import ChatMessage, ChatRoom
from tests.factories.cast import Cast
from tests.support.files import PDF, private_files, send_file
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import photo_with_exif, picture
from tests.support.unchanged import nothing_changes

SEND = """mutation($input: SendMessageInput!) { sendMessage(input: $input) {
  ... on ChatMessage { id messageType content attachmentUrl attachmentName attachmentSize
    attachmentType }
  ... on OperationInfo { messages { kind message field code } } } }"""


def _send(
    graphql: GraphQL, room: ChatRoom, data: bytes, *, by: Any, name: str = "a.pdf", **given: Any
) -> Answer:
    return send_file(graphql, SEND, {"roomId": gid(room)} | given, data, by=by, name=name)


def test_a_pdf_is_kept_as_it_is_and_had_by_an_address_that_expires(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    sent = _send(graphql, room, PDF, by=cast.ben, name="plan.pdf", content="The plan").data

    message, answer = ChatMessage.objects.get(), sent["sendMessage"]
    url = answer.pop("attachmentUrl")
    assert answer == {
        "id": gid(message),
        "messageType": "FILE",
        "content": "The plan",
        "attachmentName": "plan.pdf",
        "attachmentSize": len(PDF),
        "attachmentType": "application/pdf",
    }
    assert b"".join(Client().get(url).streaming_content) == PDF
    assert "plan" not in message.attachment_url.name


def test_a_picture_is_kept_without_what_the_camera_noted(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    sent = _send(graphql, room, photo_with_exif(), by=cast.ben, name="tap.jpg").data["sendMessage"]

    (path,) = private_files()
    assert (sent["messageType"], sent["attachmentType"]) == ("IMAGE", "image/jpeg")
    assert b"Spycam" not in path.read_bytes()


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
    graphql: GraphQL, cast: Cast, room: ChatRoom, content: bytes, code: str
):
    with nothing_changes():
        answer = _send(graphql, room, content, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == (code, "file")
    assert private_files() == []


@pytest.mark.parametrize(("who", "code"), [("cleo", "not_found"), ("nobody", "not_signed_in")])
def test_of_those_who_take_no_part_no_file_is_kept(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _send(graphql, room, PDF, by=by)

    assert answer.code == code
    assert private_files() == []


def test_a_file_that_is_sent_again_is_kept_once(graphql: GraphQL, cast: Cast, room: ChatRoom):
    by_key = [_send(graphql, room, PDF, by=cast.ben, idempotencyKey="plan") for _ in range(2)]
    by_name = [_send(graphql, room, PDF, by=cast.ben, clientId="plan") for _ in range(2)]

    for first, again in (by_key, by_name):
        assert first.data["sendMessage"]["id"] == again.data["sendMessage"]["id"]
    assert (ChatMessage.objects.count(), len(private_files())) == (2, 2)


def test_a_text_where_a_file_belongs_is_refused(graphql: GraphQL, cast: Cast, room: ChatRoom):
    given = {"input": {"roomId": gid(room), "file": "plan.pdf"}}

    answer = graphql(SEND, given, by=cast.ben)

    assert answer.code == "invalid_request"
