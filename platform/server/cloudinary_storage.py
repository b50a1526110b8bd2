"""Media files at Cloudinary, by its HTTP API."""

import hashlib
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from kernel import clock
from kernel.outbound import Service, Unavailable

#: What Cloudinary is to know as pictures, which it can deliver in other sizes too.
PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})


class CloudinaryError(OSError):
    """Cloudinary does not answer, or refuses."""


@deconstructible
class CloudinaryStorage(Storage):
    """Keeps pictures as Cloudinary's images, which are known by their name without its ending, and
    all other files as they are.

    Every operation raises CloudinaryError when it fails, and may then be tried again.
    """

    def __init__(
        self,
        url: str,
        api_url: str = "https://api.cloudinary.com",
        delivery_url: str = "https://res.cloudinary.com",
        timeout: float = 10.0,
    ) -> None:
        """Take ``cloudinary://key:secret@cloud``; raises ImproperlyConfigured for another form."""
        parts = urlsplit(url)
        self._cloud = parts.netloc.rpartition("@")[2]
        if not (parts.scheme == "cloudinary" and parts.username and parts.password and self._cloud):
            raise ImproperlyConfigured("CLOUDINARY_URL must be cloudinary://key:secret@cloud.")
        self._key, self._secret = unquote(parts.username), unquote(parts.password)
        self._api_url, self._delivery_url = api_url, delivery_url
        self._service = Service("cloudinary", timeout=timeout)

    def exists(self, name: str) -> bool:
        """Whether the name is taken."""
        return self._fetch("HEAD", name) is not None

    def url(self, name: str | None) -> str:
        """Where everybody can read the file."""
        kind = _kind(name or "")
        # Without a version a folder could be taken for a transformation; any version will do.
        return f"{self._delivery_url}/{self._cloud}/{kind}/upload/v1/{quote(name or '')}"

    def size(self, name: str) -> int:
        """The length in bytes; raises FileNotFoundError."""
        return int(self._found("HEAD", name).headers["Content-Length"])

    def delete(self, name: str) -> None:
        """Remove the file, and the copies that are kept near its readers."""
        self._call("destroy", name, invalidate="true")

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Files at Cloudinary are opened to be read, in binary mode.")
        return ContentFile(self._found("GET", name).content, name)

    def _save(self, name: str, content: File[Any]) -> str:
        self._call("upload", name, file=content.open().read())
        return name

    def _found(self, method: str, name: str) -> httpx.Response:
        answer = self._fetch(method, name)
        if answer is None:
            raise FileNotFoundError(name)
        return answer

    def _fetch(self, method: str, name: str) -> httpx.Response | None:
        """The delivery of a file, or None where there is none."""
        # Compressed, it would tell the length of what travels.
        plain = {"Accept-Encoding": "identity"}
        answer = self._request(method, self.url(name), headers=plain)
        return None if answer.status_code == 404 else _granted(answer)

    def _call(
        self, action: str, name: str, *, file: bytes | str | None = None, **more: str
    ) -> None:
        kind = _kind(name)
        public_id = str(PurePosixPath(name).with_suffix("")) if kind == "image" else name
        signed = {"timestamp": str(int(clock.now().timestamp())), "public_id": public_id} | more
        fields = signed | {"api_key": self._key, "signature": self._signature(signed)}
        url = f"{self._api_url}/v1_1/{self._cloud}/{kind}/{action}"
        files = {"file": (PurePosixPath(name).name, file)} if file is not None else None
        answer = _granted(self._request("POST", url, data=fields, files=files))
        # Whatever answers 200 in Cloudinary's place does not answer with an object.
        if not answer.text.startswith("{"):
            raise CloudinaryError("Cloudinary's answer cannot be read.")

    def _signature(self, fields: dict[str, str]) -> str:
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        return hashlib.sha1(f"{text}{self._secret}".encode()).hexdigest()  # noqa: S324 - so asked

    def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """The answer to a request, each of which can arrive twice and do no more than once."""
        try:
            return self._service.request(method, url, **options)
        except Unavailable as error:
            raise CloudinaryError(str(error)) from error


def _kind(name: str) -> str:
    return "image" if PurePosixPath(name).suffix.lower() in PICTURES else "raw"


def _granted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    reason = answer.headers.get("X-Cld-Error", "no reason given")
    raise CloudinaryError(f"Cloudinary answered {answer.status_code}: {reason}")
