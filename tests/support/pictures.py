"""Pictures as cameras and villains make them."""

from io import BytesIO
from typing import Any

from PIL import Image

#: EXIF: which way the camera was held; the camera's maker; where it was, in GPS's own directory.
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
ROTATED = 6


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """A picture: its left half red, its right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def photo_with_exif() -> bytes:
    """A photo taken with the camera on its side, which notes its maker and its place."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = ROTATED, "Spycam"
    exif.get_ifd(GPS).update({1: "S", 2: (33.0, 56.0, 17.0), 3: "E", 4: (18.0, 28.0, 11.0)})
    return picture(exif=exif)


def bomb(size: tuple[int, int]) -> bytes:
    """A small file that unpacks to a huge picture."""
    output = BytesIO()
    Image.new("1", size).save(output, "PNG")
    return output.getvalue()
