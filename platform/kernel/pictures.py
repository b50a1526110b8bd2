"""Pictures that people send, made safe before they are kept."""

import struct
from io import BytesIO
from typing import Any, BinaryIO

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from kernel.errors import DomainError

ACCEPTED = {"image/jpeg", "image/png", "image/webp"}
#: A small file can unpack to a huge picture: this many pixels are decoded at most.
MAX_PIXELS = 50_000_000
#: The longer side of what is kept.
MAX_SIDE = 2048

#: EXIF's note of how a camera was held, and what puts such a picture upright.
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class NotAPhoto(DomainError):
    """The file is no picture that can be read."""

    code = "invalid_photo"
    message = "The file is not a JPEG, PNG or WebP picture."
    field = "photo"


class PhotoTooLarge(DomainError):
    """The file or the picture in it is too large."""

    code = "photo_too_large"
    message = "The picture is too large."
    field = "photo"


def bytes_of(file: BinaryIO) -> bytes:
    """What is in a file that is no larger than uploads may be; raises PhotoTooLarge."""
    data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise PhotoTooLarge
    return data


def kind_of(data: bytes) -> str:
    """The media type of what is in a file, whatever it calls itself; empty for no known one."""
    try:
        return puremagic.from_string(data, mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def reencoded(data: bytes, *, max_side: int = MAX_SIDE) -> "ContentFile[bytes]":
    """A picture as a fresh JPEG, upright, within bounds and without what the camera noted.

    Raises NotAPhoto or PhotoTooLarge.
    """
    if kind_of(data) not in ACCEPTED:
        raise NotAPhoto
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PhotoTooLarge
            upright = _upright(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoTooLarge from error
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAPhoto from error
    # Comments and other notes, which would be written again.
    upright.info.clear()
    upright.thumbnail((max_side, max_side))
    output = BytesIO()
    upright.save(output, "JPEG", quality=85, optimize=True)
    return ContentFile(output.getvalue())


def _upright(picture: Image.Image) -> Image.Image:
    turn = TURNS.get(_orientation(picture))
    plain = picture.convert("RGB")
    return plain if turn is None else plain.transpose(turn)


def _orientation(picture: Image.Image) -> Any:
    """What a picture notes of how the camera was held; None for what cannot be read."""
    try:
        noted = picture.getexif().get(ORIENTATION)
    except (
        ArithmeticError,
        LookupError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        struct.error,
    ):
        return None
    return noted if isinstance(noted, int) else None
