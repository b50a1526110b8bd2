"""Object storage that speaks Amazon's S3, as far as media files need it."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.support.fakes.base import Answer, Fake, Request

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True)
class Stored:
    """An object."""

    body: bytes
    content_type: str
    modified_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @property
    def etag(self) -> str:
        """What changes with the content."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class S3(Fake):
    """Buckets that exist as soon as they are named, each with its objects by key.

    A request must be signed, by a header or by its address, unless it reads an object of a public
    bucket; the signature is not verified.
    """

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[tuple[str, str], Stored] = {}
        self.public: set[str] = set()

    def answer(self, request: Request) -> Answer:
        """Do what is asked of an object or of a bucket."""
        bucket, _, key = request.path.removeprefix("/").partition("/")
        reads = bool(key) and request.method in ("GET", "HEAD")
        if not _is_signed(request) and not (reads and bucket in self.public):
            return _error(403, "AccessDenied", "Access Denied")
        if not key:
            return self._list(bucket, request.query.get("prefix", ""), request.query)
        if request.method == "PUT":
            return self._put(bucket, key, request)
        if request.method == "DELETE":
            self.objects.pop((bucket, key), None)
            return Answer(204)
        return self._get(bucket, key, request.headers.get("Range", ""))

    def _put(self, bucket: str, key: str, request: Request) -> Answer:
        kind = request.headers.get("Content-Type", "binary/octet-stream")
        stored = self.objects[bucket, key] = Stored(request.body, kind)
        return Answer(headers={"ETag": stored.etag})

    def _get(self, bucket: str, key: str, wanted: str) -> Answer:
        stored = self.objects.get((bucket, key))
        if stored is None:
            return _error(404, "NoSuchKey", "The specified key does not exist.")
        headers = {
            "ETag": stored.etag,
            "Content-Type": stored.content_type,
            "Last-Modified": format_datetime(stored.modified_at, usegmt=True),
            "Accept-Ranges": "bytes",
        }
        if match := RANGE.fullmatch(wanted):
            return _part(stored.body, int(match[1]), match[2], headers)
        return Answer(200, stored.body, headers)

    def _list(self, bucket: str, prefix: str, query: dict[str, str]) -> Answer:
        delimiter = query.get("delimiter", "")
        contents, folders = [], set()
        for (owner, key), stored in sorted(self.objects.items()):
            if owner != bucket or not key.startswith(prefix):
                continue
            head, cut, _ = key.removeprefix(prefix).partition(delimiter or "\0")
            if cut:
                folders.add(f"{prefix}{head}{cut}")
            else:
                contents.append(_entry(key, stored))
        found = "".join(contents) + "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
            for name in sorted(folders)
        )
        return _xml(
            "<ListBucketResult><IsTruncated>false</IsTruncated>"
            f"<Name>{escape(bucket)}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<KeyCount>{len(contents) + len(folders)}</KeyCount>{found}</ListBucketResult>"
        )


def _is_signed(request: Request) -> bool:
    return "Authorization" in request.headers or bool(
        {"Signature", "X-Amz-Signature"} & request.query.keys()
    )


def _part(body: bytes, start: int, last: str, headers: dict[str, str]) -> Answer:
    end = min(int(last or len(body)), len(body) - 1)
    if start > end:
        return _error(416, "InvalidRange", "The requested range is not satisfiable")
    placed = {"Content-Range": f"bytes {start}-{end}/{len(body)}"}
    return Answer(206, body[start : end + 1], headers | placed)


def _entry(key: str, stored: Stored) -> str:
    return (
        f"<Contents><Key>{escape(key)}</Key><Size>{len(stored.body)}</Size>"
        f"<ETag>{escape(stored.etag)}</ETag><StorageClass>STANDARD</StorageClass>"
        f"<LastModified>{stored.modified_at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
    )


def _error(status: int, code: str, message: str) -> Answer:
    return _xml(f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", status)


def _xml(text: str, status: int = 200) -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return Answer(status, (head + text).encode(), {"Content-Type": "application/xml"})
