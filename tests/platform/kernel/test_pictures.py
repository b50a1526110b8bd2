"""Pictures are made safe: upright, without notes, and refused where they cannot be read."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageOps

from kernel.pictures import NotAPhoto, PhotoTooLarge, reencoded
from tests.support.pictures import ORIENTATION, photo_with_exif, picture

CORNERS = ("red", "lime", "blue", "yellow")


def _kept(data: bytes) -> Image.Image:
    return Image.open(BytesIO(reencoded(data).read()))


def _four_corners() -> Image.Image:
    image = Image.new("RGB", (64, 32))
    for place, colour in enumerate(CORNERS):
        image.paste(colour, (x := 32 * (place % 2), y := 16 * (place // 2), x + 32, y + 16))
    return image


def _noting(image: Image.Image, orientation: int, kind: str) -> bytes:
    exif, output = Image.Exif(), BytesIO()
    exif[ORIENTATION] = orientation
    image.save(output, kind, exif=exif)
    return output.getvalue()


def _corners(image: Image.Image) -> list[tuple[bool, ...]]:
    """Which of red, green and blue are strong, corner by corner."""
    width, height = image.size
    places = [(x, y) for y in (4, height - 4) for x in (4, width - 4)]
    return [tuple(part > 127 for part in image.convert("RGB").getpixel(place)) for place in places]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_comes_out_upright_however_the_camera_was_held(orientation: int, kind: str):
    data = _noting(_four_corners(), orientation, kind)
    with Image.open(BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)

    kept = _kept(data)

    assert kept.size == upright.size
    assert _corners(kept) == _corners(upright)
    assert len(kept.getexif()) == 0


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_nothing_that_was_noted_is_kept(kind: str):
    data = picture(kind, comment=b"Call 555-0100", exif=Image.Exif(), icc_profile=b"555-0100")

    kept = reencoded(data).read()

    assert b"555-0100" in data
    assert b"555-0100" not in kept


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_photo_with_odd_notes_is_kept_or_refused():
    photo, dice, outcomes = bytearray(photo_with_exif()), Random(7), set()
    notes = photo.index(b"Exif"), photo.index(b"Exif") + 200

    for _ in range(2000):
        odd = bytearray(photo)
        for _ in range(dice.randint(1, 4)):
            odd[dice.randrange(*notes)] = dice.randrange(256)
        try:
            outcomes.add(_kept(bytes(odd)).format)
        except (NotAPhoto, PhotoTooLarge) as error:
            outcomes.add(type(error))

    assert "JPEG" in outcomes
