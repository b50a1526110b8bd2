"""Reporting how the work goes."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.orders.events import ProgressNoted
from apps.orders.models import Order, ProgressNote, ProgressPhoto
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, ProgressNoteFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.unchanged import nothing_changes

ADD = """mutation($input: AddProgressNoteInput!) { addProgressNote(input: $input) {
  ... on ProgressNote { text photos { edges { node { url } } } }
  ... on OperationInfo { messages { kind message field code } } } }"""
NOTES = """query($id: ID!) { order(id: $id) { assignment {
  progressNotes(order: {createdAt: ASC}) { totalCount edges { node { id text photos {
    edges { node { url } } } } } } } } }"""
SAID = {"text": "Half of the wall is done."}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _add(
    graphql: GraphQL, order: Order, contents: list[bytes], *, by: User | None, **given: Any
) -> Answer:
    files = [SimpleUploadedFile("wall.exe", content) for content in contents]
    given = {"orderId": gid(order), "photos": [None] * len(files)} | SAID | given
    return graphql.upload(ADD, {"input": given}, files, at="variables.input.photos", by=by)


def _stored() -> list[Path]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()]


def _got(url: str) -> bytes:
    return b"".join(Client().get(url).streaming_content)  # type: ignore[attr-defined]


def test_the_provider_reports_with_pictures(graphql: GraphQL, cast: Cast):
    order, noise = cast.ada_work(in_progress=True), cast.ada_work(in_progress=True)

    with announced() as heard:
        answer = _add(graphql, order, [photo_with_exif(), picture("PNG")], by=cast.ada)

    noted, note = answer.data["addProgressNote"], ProgressNote.objects.get()
    urls = [edge["node"]["url"] for edge in noted["photos"]["edges"]]
    assert (noted["text"], len(urls)) == (SAID["text"], 2)
    assert [_got(url)[:3] for url in urls] == [b"\xff\xd8\xff"] * 2
    assert (note.assignment, noise.assignment.progress_notes.count()) == (order.assignment, 0)
    assert not any(b"Spycam" in path.read_bytes() for path in _stored())
    told = {"order_id": order.pk, "provider_id": cast.ada_business.pk}
    assert heard == [ProgressNoted(note_id=note.pk, **told)]


def test_words_are_enough(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)

    answer = graphql.mutate("addProgressNote", {"orderId": gid(order)} | SAID, by=cast.ada)

    assert answer.data["addProgressNote"]["__typename"] == "ProgressNote"
    assert ProgressNote.objects.get().text == SAID["text"]


def test_five_pictures_are_taken(graphql: GraphQL, cast: Cast):
    _add(graphql, cast.ada_work(in_progress=True), [picture()] * 5, by=cast.ada)

    assert ProgressPhoto.objects.count() == len(_stored()) == 5


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        ([picture()] * 6, "too_many_files"),
        ([picture(), PDF], "invalid_file"),
        ([b"MZ program"], "invalid_file"),
        ([bomb((10_000, 5_001))], "file_too_large"),
    ],
    ids=["six", "PDF", "program", "50 MP"],
)
def test_what_is_no_picture_is_refused(
    graphql: GraphQL, cast: Cast, contents: list[bytes], code: str
):
    order, by = cast.ada_work(in_progress=True), cast.ada

    with nothing_changes():
        answer = _add(graphql, order, contents, by=by)

    assert answer.code == code
    assert _stored() == []


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_report_says_something(graphql: GraphQL, cast: Cast, text: str):
    order, by = cast.ada_work(in_progress=True), cast.ada

    with nothing_changes():
        answer = _add(graphql, order, [picture()], by=by, text=text)

    assert (answer.code, answer.refusal["field"]) == ("empty_note", "text")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_assigned_provider_reports(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(in_progress=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("addProgressNote", {"orderId": gid(order)} | SAID, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "IN_PROGRESS"])
def test_it_is_about_work_in_progress(graphql: GraphQL, cast: Cast, status: str):
    order, by = cast.ada_work(status=status), cast.ada

    with nothing_changes():
        answer = _add(graphql, order, [picture()], by=by)

    assert answer.code == "illegal_transition"
    assert _stored() == []


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order, by = cast.ada_work(in_progress=True), cast.ada

    with nothing_changes():
        given = {"orderId": gid(order.assignment)} | SAID
        answer = graphql.mutate("addProgressNote", given, by=by)

    assert answer.code == "invalid_id"


@pytest.mark.parametrize(("who", "count"), [("ada", 2), ("ben", 2), ("dora", 2), ("loser", None)])
def test_both_parties_read_the_reports(graphql: GraphQL, cast: Cast, who: str, count: int | None):
    order = cast.ada_work(in_progress=True)
    first = ProgressNoteFactory(assignment=order.assignment)
    ProgressPhoto.objects.create(note=first, file="progress/a.jpg")
    second = ProgressNoteFactory(assignment=order.assignment)
    ProgressNoteFactory()
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user
    by = loser if who == "loser" else getattr(cast, who)

    found = graphql(NOTES, {"id": gid(order)}, by=by).data["order"]["assignment"]

    notes = found["progressNotes"]["edges"] if found else None
    seen = [edge["node"]["id"] for edge in notes] if notes else None
    assert seen == ([gid(first), gid(second)] if count else None)
