"""Adding a picture of what is to be done."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import User
from apps.orders.models import Order, OrderPhoto
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.unchanged import nothing_changes

ADD = """mutation($input: AddOrderPhotoInput!) { addOrderPhoto(input: $input) {
  ... on OrderPhoto { id photoUrl caption isPrimary }
  ... on OperationInfo { messages { kind message field code } } } }"""


def _add(
    graphql: GraphQL, order: Order, content: bytes, *, by: User | None, **given: Any
) -> Answer:
    file = SimpleUploadedFile("tap.jpg", content, content_type="image/jpeg")
    given = {"input": {"orderId": gid(order), "photo": None} | given}
    return graphql.upload(ADD, given, file, at="variables.input.photo", by=by)


def _stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_fresh_jpeg(graphql: GraphQL, cast: Cast, kind: str):
    order, noise = cast.ben_order(), cast.ben_order()

    with announced() as heard:
        answer = _add(graphql, order, picture(kind), by=cast.ben, caption="It drips")

    photo = OrderPhoto.objects.get()
    assert answer.data["addOrderPhoto"] == {
        "id": gid(photo),
        "photoUrl": photo.photo_url.url,
        "caption": "It drips",
        "isPrimary": True,
    }
    with Image.open(photo.photo_url.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 20))
    assert [*order.photos.all()] == [photo]
    assert not noise.photos.exists()
    assert heard == []


def test_what_the_camera_noted_is_gone_and_the_picture_is_upright(graphql: GraphQL, cast: Cast):
    original = photo_with_exif()

    _add(graphql, cast.ben_order(), original, by=cast.ben)

    (path,) = _stored()
    with Image.open(path) as kept, Image.open(BytesIO(original)) as sent:
        red, _green, blue = kept.convert("RGB").getpixel((10, 5))
        assert (len(sent.getexif()), len(kept.getexif())) == (3, 0)
        assert kept.size == (20, 40)
        assert (red > 200, blue < 60) == (True, True)
    assert b"Spycam" not in path.read_bytes()


def test_a_large_picture_is_made_smaller(graphql: GraphQL, cast: Cast):
    _add(graphql, cast.ben_order(), picture(size=(4096, 1024)), by=cast.ben)

    with Image.open(OrderPhoto.objects.get().photo_url.path) as kept:
        assert kept.size == (2048, 512)


def test_the_first_photo_stands_for_the_order_until_another_is_said_to(
    graphql: GraphQL, cast: Cast
):
    order = cast.ben_order()

    for caption, primary in (("first", False), ("second", False), ("third", True)):
        given = {"caption": caption, "isPrimary": primary}
        _add(graphql, order, picture(), by=cast.ben, **given)

    stand = dict(order.photos.values_list("caption", "is_primary"))
    assert stand == {"first": False, "second": False, "third": True}


def _transparent() -> bytes:
    output = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(output, "PNG")
    return output.getvalue()


def test_a_transparent_picture_is_kept(graphql: GraphQL, cast: Cast):
    answer = _add(graphql, cast.ben_order(), _transparent(), by=cast.ben)

    assert answer.data["addOrderPhoto"]["isPrimary"] is True


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid_photo"),
        (b"just a text", "invalid_photo"),
        (picture()[:-200], "invalid_photo"),
        (picture()[:20], "invalid_photo"),
        (picture("PNG")[:-30], "invalid_photo"),
        (picture("GIF"), "invalid_photo"),
        (picture("TIFF"), "invalid_photo"),
        (SVG, "invalid_photo"),
        (b"\xff\xd8\xff\xe0" + SVG, "invalid_photo"),
        (bomb((10_000, 5_001)), "photo_too_large"),
        (bomb((10_000, 9_500)), "photo_too_large"),
        (bomb((20_000, 20_000)), "photo_too_large"),
        (picture() + b"\0" * 10 * 1024 * 1024, "photo_too_large"),
    ],
    ids=[
        "empty",
        "text",
        "cut JPEG",
        "JPEG header",
        "cut PNG",
        "GIF",
        "TIFF",
        "SVG",
        "SVG behind a JPEG's first bytes",
        "50 MP and more",
        "95 MP",
        "400 MP",
        "10 MB and more",
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(
    graphql: GraphQL, cast: Cast, content: bytes, code: str
):
    order = cast.ben_order()

    with nothing_changes():
        answer = _add(graphql, order, content, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == (code, "photo")
    assert _stored() == []


def test_a_picture_at_the_limits_is_kept(graphql: GraphQL, cast: Cast):
    padding = 10 * 1024 * 1024 - len(picture())

    heavy = _add(graphql, cast.ben_order(), picture() + b"\0" * padding, by=cast.ben)
    huge = _add(graphql, cast.ben_order(), bomb((10_000, 5_000)), by=cast.ben)

    assert heavy.data["addOrderPhoto"]["isPrimary"] is True
    assert huge.data["addOrderPhoto"]["isPrimary"] is True


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
        answer = _add(graphql, order, picture(), by=by)

    assert answer.code == code
    assert _stored() == []


def test_to_a_stranger_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(), cast.cleo

    with nothing_changes():
        answer = _add(graphql, order, picture(), by=by)

    assert answer.code == "not_found"


def test_a_caption_that_is_too_long_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()

    with nothing_changes():
        answer = _add(graphql, order, picture(), by=cast.ben, caption="x" * 201)

    assert (answer.code, answer.refusal["field"]) == ("max_length", "caption")
    assert _stored() == []


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = _add(graphql, bid.order, picture(), by=cast.ben, orderId=gid(bid))

    assert answer.code == "invalid_id"


@pytest.mark.parametrize("size", [0, 3_000_000], ids=["in memory", "on disk"])
def test_a_repeat_under_the_same_key_answers_the_same_photo(
    graphql: GraphQL, cast: Cast, size: int
):
    order, content = cast.ben_order(), picture() + b"\0" * size

    first = _add(graphql, order, content, by=cast.ben, idempotencyKey="photo")
    again = _add(graphql, order, content, by=cast.ben, idempotencyKey="photo")

    assert again.data == first.data
    assert (OrderPhoto.objects.count(), len(_stored())) == (1, 1)


def test_another_file_under_the_same_key_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    _add(graphql, order, picture(), by=cast.ben, idempotencyKey="photo")

    with nothing_changes():
        answer = _add(graphql, order, picture("PNG"), by=cast.ben, idempotencyKey="photo")

    assert answer.code == "idempotency_mismatch"
