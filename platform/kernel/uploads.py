"""Files that people hand in, made safe before they are kept."""

from dataclasses import dataclass
from typing import BinaryIO

from django.core.files.base import ContentFile

from kernel import pictures
from kernel.errors import DomainError
from kernel.ids import uuid7

PDF = "application/pdf"
JPEG = "image/jpeg"


class InvalidFile(DomainError):
    """The file is of a kind that is not taken."""

    code = "invalid_file"
    message = "The file is no PDF, JPEG, PNG or WebP."
    field = "file"


class FileTooLarge(DomainError):
    """The file, or the picture in it, is too large."""

    code = "file_too_large"
    message = "The file is too large."
    field = "file"


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file as it is kept: what its owner calls it, its kind, and what is in it."""

    name: str
    content_type: str
    content: "ContentFile[bytes]"

    @property
    def key(self) -> str:
        """A name of our own making, which tells nothing."""
        return f"{uuid7()}.{'pdf' if self.content_type == PDF else 'jpg'}"


def accepted(file: BinaryIO) -> AcceptedFile:
    """A PDF as it is, or a picture encoded anew. Raises InvalidFile or FileTooLarge.

    Slow: call it before anything is locked.
    """
    name = (getattr(file, "name", None) or "")[:200]
    try:
        data = pictures.bytes_of(file)
        if pictures.kind_of(data) == PDF:
            return AcceptedFile(name, PDF, ContentFile(data))
        return AcceptedFile(name, JPEG, pictures.reencoded(data))
    except pictures.PhotoTooLarge as error:
        raise FileTooLarge from error
    except pictures.NotAPhoto as error:
        raise InvalidFile from error
