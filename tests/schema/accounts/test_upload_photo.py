"""Showing a picture of oneself, and removing it."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts.events import ProfileUpdated
from apps.accounts.models import User
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.unchanged import nothing_changes

UPLOAD = """mutation($input: UploadPhotoInput!) { uploadPhoto(input: $input) {
  ... on User { photoUrl }
  ... on OperationInfo { messages { kind message field code } } } }"""
REMOVE = """mutation { removePhoto {
  ... on User { photoUrl }
  ... on OperationInfo { messages { kind message field code } } } }"""


def _upload(graphql: GraphQL, content: bytes, by: User | None, **given: Any) -> Answer:
    file = SimpleUploadedFile("../me.php", content, content_type="image/jpeg")
    given = {"input": {"photo": None} | given}
    return graphql.upload(UPLOAD, given, file, at="variables.input.photo", by=by)


def _stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_picture_is_shown_encoded_anew_under_a_name_of_ours(graphql: GraphQL, cast: Cast):
    with announced() as heard:
        answer = _upload(graphql, photo_with_exif(), cast.ben)

    (path,) = _stored()
    cast.ben.refresh_from_db()
    assert answer.data["uploadPhoto"] == {"photoUrl": cast.ben.photo.url}
    assert (path.suffix, b"Spycam" in path.read_bytes()) == (".jpg", False)
    with Image.open(path) as kept:
        assert (kept.format, kept.size, len(kept.getexif())) == ("JPEG", (20, 40), 0)
    assert heard == [ProfileUpdated(user_id=cast.ben.pk)]


def test_a_large_picture_is_made_smaller(graphql: GraphQL, cast: Cast):
    _upload(graphql, picture(size=(4096, 1024)), cast.ben)

    with Image.open(_stored()[0]) as kept:
        assert kept.size == (1024, 256)


def test_another_picture_takes_the_place_and_the_file_of_the_one_before(
    graphql: GraphQL,
    cast: Cast,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
):
    _upload(graphql, picture(), cast.ben)
    before = _stored()

    with django_capture_on_commit_callbacks(execute=True):
        _upload(graphql, picture("PNG"), cast.ben)

    (path,) = _stored()
    cast.ben.refresh_from_db()
    assert path not in before
    assert Path(cast.ben.photo.path) == path


def test_a_removed_picture_is_gone(
    graphql: GraphQL,
    cast: Cast,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
):
    _upload(graphql, picture(), cast.ben)

    with django_capture_on_commit_callbacks(execute=True):
        answer = graphql(REMOVE, by=cast.ben)
    with announced() as heard:
        again = graphql(REMOVE, by=cast.ben)

    assert answer.data["removePhoto"] == again.data["removePhoto"] == {"photoUrl": None}
    assert (_stored(), heard) == ([], [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid_photo"),
        (b"<svg/>", "invalid_photo"),
        (picture("GIF"), "invalid_photo"),
        (picture()[:-200], "invalid_photo"),
        (bomb((10_000, 5_001)), "photo_too_large"),
        (picture() + b"\0" * 10 * 1024 * 1024, "photo_too_large"),
    ],
    ids=["empty", "SVG", "GIF", "cut", "50 MP and more", "10 MB and more"],
)
def test_what_is_no_picture_or_too_large_is_refused(
    graphql: GraphQL, cast: Cast, content: bytes, code: str
):
    by = cast.ben

    with nothing_changes():
        answer = _upload(graphql, content, by)

    assert (answer.code, answer.refusal["field"]) == (code, "photo")
    assert _stored() == []


def test_a_repeat_under_the_same_key_keeps_one_picture(graphql: GraphQL, cast: Cast):
    first = _upload(graphql, picture(), cast.ben, idempotencyKey="me")
    again = _upload(graphql, picture(), cast.ben, idempotencyKey="me")

    assert first.data == again.data
    assert len(_stored()) == 1


def test_the_signed_out_show_and_remove_nothing(graphql: GraphQL):
    assert _upload(graphql, picture(), None).code == "not_signed_in"
    assert graphql(REMOVE).code == "not_signed_in"
    assert _stored() == []
