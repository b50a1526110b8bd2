"""The fake of S3."""

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from tests.support.fakes.base import cut_short, failing
from tests.support.fakes.s3 import S3

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=key"}


@pytest.fixture
def client(s3: S3) -> Iterator[httpx.Client]:
    """Who signs."""
    with httpx.Client(base_url=s3.address, headers=SIGNED) as client:
        yield client


def test_an_object_can_be_put_read_and_deleted(s3: S3, client: httpx.Client):
    put = client.put("/media/a/b%20c.txt", content=b"Hello", headers={"Content-Type": "text/plain"})
    head, got = client.head("/media/a/b%20c.txt"), client.get("/media/a/b%20c.txt")
    deleted = client.delete("/media/a/b%20c.txt")

    assert put.headers["ETag"] == head.headers["ETag"] == '"8b1a9953c4611296a827abf8c47804d7"'
    assert (head.content, head.headers["Content-Length"]) == (b"", "5")
    assert (got.content, got.headers["Content-Type"]) == (b"Hello", "text/plain")
    assert deleted.status_code == 204
    assert s3.objects == {}


def test_what_is_not_there_is_not_found(client: httpx.Client):
    got, head, deleted = client.get("/media/x"), client.head("/media/x"), client.delete("/media/x")

    assert (got.status_code, head.status_code, deleted.status_code) == (404, 404, 204)
    assert "<Code>NoSuchKey</Code>" in got.text


@pytest.mark.parametrize(
    ("asked", "status", "part", "place"),
    [
        ("bytes=1-3", 206, b"ell", "bytes 1-3/5"),
        ("bytes=2-", 206, b"llo", "bytes 2-4/5"),
        ("bytes=0-99", 206, b"Hello", "bytes 0-4/5"),
        ("bytes=5-", 416, None, None),
    ],
)
def test_a_part_can_be_read(
    client: httpx.Client, asked: str, status: int, part: bytes | None, place: str | None
):
    client.put("/media/a", content=b"Hello")

    got = client.get("/media/a", headers={"Range": asked})

    assert (got.status_code, got.headers.get("Content-Range")) == (status, place)
    assert part is None or got.content == part


def test_a_bucket_lists_its_objects_and_folders(client: httpx.Client):
    for path in ("/media/a/1", "/media/a/2", "/media/a/b/3", "/media/c", "/other/a/4"):
        client.put(path, content=b"x")

    listed = client.get("/media", params={"list-type": "2", "prefix": "a/", "delimiter": "/"})

    found = ElementTree.fromstring(listed.content)
    assert [each.text for each in found.iterfind("Contents/Key")] == ["a/1", "a/2"]
    assert [each.text for each in found.iterfind("CommonPrefixes/Prefix")] == ["a/b/"]
    assert found.findtext("KeyCount") == "3"


def test_who_does_not_sign_reads_public_objects_alone(s3: S3, client: httpx.Client):
    s3.public.add("public")
    for bucket in ("public", "media"):
        client.put(f"/{bucket}/a", content=b"Hello")

    def ask(method: str, path: str) -> int:
        return httpx.request(method, f"{s3.address}{path}").status_code

    assert (ask("GET", "/public/a"), ask("GET", "/media/a")) == (200, 403)
    assert (ask("GET", "/public"), ask("DELETE", "/public/a"), ask("PUT", "/public/b")) == (
        *(403, 403),
        403,
    )
    assert ask("GET", "/media/a?X-Amz-Signature=abc") == 200
    assert ask("GET", "/media/a?Signature=abc") == 200


def test_faults_happen(s3: S3, client: httpx.Client):
    client.put("/media/a", content=b"Hello")
    s3.then(failing(503), cut_short)

    busy = client.put("/media/a", content=b"Lost")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/media/a")

    assert busy.status_code == 503
    assert client.get("/media/a").content == b"Hello"
