"""The fake of Cloudinary."""

import hashlib
import time
from typing import Any

import httpx
import pytest

from tests.support.fakes.base import dropped
from tests.support.fakes.cloudinary import Cloudinary
from tests.support.pictures import picture

#: Every byte, line ends in all orders, and what looks like a boundary.
BINARY = bytes(range(256)) + b"\r\n\n\r--boundary\r\n--\r\n"


def _signature(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def _post(
    cloudinary: Cloudinary, path: str, file: bytes | None = None, **changes: str
) -> httpx.Response:
    now = str(int(time.time()))
    text = f"public_id=a/b&timestamp={now}{cloudinary.secret}"
    fields = {
        "api_key": cloudinary.key,
        "public_id": "a/b",
        "timestamp": now,
        "signature": _signature(text),
    } | changes
    files: Any = {"file": ("b", file)} if file is not None else None
    url = f"{cloudinary.address}/v1_1/{cloudinary.cloud}/{path}"
    return httpx.post(url, data=fields, files=files)


def test_the_signature_is_that_of_the_documentation(cloudinary: Cloudinary):
    cloudinary.secret = "abcd"

    stale = _post(
        cloudinary,
        "image/upload",
        picture(),
        public_id="sample_image",
        timestamp="1315060510",
        signature="b4ad47fb4e25c7bf5f92a20089f9db59bc302313",
    )

    assert stale.status_code == 401
    assert stale.json()["error"]["message"].startswith("Stale request")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"signature": "0" * 40}, "Invalid Signature"),
        ({"public_id": "another"}, "Invalid Signature"),
        ({"overwrite": "true"}, "Invalid Signature"),
        ({"api_key": "1"}, "Unknown API key"),
    ],
)
def test_what_is_signed_wrongly_is_refused(
    cloudinary: Cloudinary, changes: dict[str, str], message: str
):
    answer = _post(cloudinary, "image/upload", picture(), **changes)

    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith(message)
    assert answer.headers["X-Cld-Error"].startswith(message)
    assert cloudinary.assets == {}


@pytest.mark.parametrize("asked", ["image", "auto"])
def test_a_picture_is_delivered_as_it_came(cloudinary: Cloudinary, asked: str):
    told = _post(cloudinary, f"{asked}/upload", picture()).json()

    delivered = httpx.get(told["secure_url"])
    unversioned = f"{cloudinary.address}/{cloudinary.cloud}/image/upload/a/b.jpg"
    assert (told["public_id"], told["format"], told["resource_type"]) == ("a/b", "jpg", "image")
    assert told["secure_url"].endswith("/a/b.jpg")
    assert (delivered.content, delivered.headers["Content-Type"]) == (picture(), "image/jpg")
    assert httpx.get(unversioned).content == picture()


@pytest.mark.parametrize("asked", ["raw", "auto"])
def test_any_other_file_is_kept_to_the_byte(cloudinary: Cloudinary, asked: str):
    told = _post(cloudinary, f"{asked}/upload", BINARY).json()

    delivered = httpx.get(told["secure_url"])
    assert (told["resource_type"], told["bytes"]) == ("raw", len(BINARY))
    assert delivered.content == BINARY


def test_what_is_no_picture_cannot_be_uploaded_as_one(cloudinary: Cloudinary):
    answer = _post(cloudinary, "image/upload", BINARY)

    assert answer.status_code == 400
    assert answer.json() == {"error": {"message": "Invalid image file"}}


def test_a_file_can_be_destroyed_once(cloudinary: Cloudinary):
    url = _post(cloudinary, "image/upload", picture()).json()["secure_url"]

    results = [_post(cloudinary, "image/destroy").json()["result"] for _ in range(2)]

    assert results == ["ok", "not found"]
    assert httpx.get(url).status_code == 404


def test_faults_happen(cloudinary: Cloudinary):
    cloudinary.then(dropped(works=True))

    with pytest.raises(httpx.RemoteProtocolError):
        _post(cloudinary, "image/upload", picture())

    assert len(cloudinary.assets) == 1
