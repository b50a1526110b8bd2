"""Keeping media files at Cloudinary."""

import time
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.db.migrations.serializer import serializer_factory

from server.cloudinary_storage import CloudinaryError, CloudinaryStorage
from tests.support.fakes.base import Fault, cut_short, dropped, failing, garbled, slow
from tests.support.fakes.cloudinary import Cloudinary
from tests.support.pictures import picture

TEXT = b"Terms\r\n\x00\xff"


@pytest.fixture
def storage(cloudinary: Cloudinary) -> CloudinaryStorage:
    """A storage that waits for a third of a second at most."""
    return CloudinaryStorage(
        cloudinary.url,
        api_url=cloudinary.address,
        delivery_url=cloudinary.address,
        timeout=0.3,
    )


@pytest.mark.parametrize(
    ("name", "content", "asset"),
    [
        ("orders/Big One.jpg", picture(), ("image", "orders/Big One")),
        ("orders/a.b.PNG", picture("PNG"), ("image", "orders/a.b")),
        ("invoices/naïve.pdf", TEXT, ("raw", "invoices/naïve.pdf")),
        ("plain", b"", ("raw", "plain")),
    ],
)
def test_a_file_is_kept_and_read_back(
    storage: CloudinaryStorage,
    cloudinary: Cloudinary,
    name: str,
    content: bytes,
    asset: tuple[str, str],
):
    saved = storage.save(name, ContentFile(content))

    assert (saved, list(cloudinary.assets)) == (name, [asset])
    assert storage.exists(name)
    assert storage.size(name) == len(content)
    with storage.open(name) as file:
        assert (file.name, file.read()) == (name, content)
    read = [call for call in cloudinary.requests if call.method != "POST"]
    assert {call.headers["Accept-Encoding"] for call in read} == {"identity"}


def test_a_file_that_was_read_already_is_kept_whole(storage: CloudinaryStorage):
    file = ContentFile(TEXT)
    file.read()

    storage.save("a.txt", file)

    assert storage.size("a.txt") == len(TEXT)


def test_text_is_kept_as_bytes(storage: CloudinaryStorage):
    storage.save("a.txt", ContentFile("naïve"))

    assert storage.open("a.txt").read() == "naïve".encode()


def test_a_taken_name_is_left_alone(storage: CloudinaryStorage):
    storage.save("a.jpg", ContentFile(picture()))

    again = storage.save("a.jpg", ContentFile(picture(size=(2, 2))))
    in_another_format = storage.save("a.png", ContentFile(picture("PNG")))

    assert len({"a.jpg", "a.png", again, in_another_format}) == 4
    assert storage.open("a.jpg").read() == picture()


def test_the_address_of_a_file_is_on_cloudinarys_own_host():
    storage = CloudinaryStorage("cloudinary://key:secret@Cloud-1")

    assert storage.url("orders/Big One.jpg") == (
        "https://res.cloudinary.com/Cloud-1/image/upload/v1/orders/Big%20One.jpg"
    )
    assert storage.url("a.pdf") == "https://res.cloudinary.com/Cloud-1/raw/upload/v1/a.pdf"


@pytest.mark.parametrize(("name", "content"), [("a.jpg", picture()), ("a.txt", TEXT)])
def test_a_file_can_be_deleted_even_twice(
    storage: CloudinaryStorage, cloudinary: Cloudinary, name: str, content: bytes
):
    storage.save(name, ContentFile(content))
    storage.save("noise.jpg", ContentFile(picture()))

    storage.delete(name)
    storage.delete(name)

    assert list(cloudinary.assets) == [("image", "noise")]
    assert not storage.exists(name)
    destroyed = [call for call in cloudinary.requests if call.path.endswith("/destroy")]
    assert [call.form()["invalidate"] for call in destroyed] == ["true", "true"]


def test_what_is_not_there_cannot_be_read(storage: CloudinaryStorage):
    with pytest.raises(FileNotFoundError):
        storage.open("a.jpg")
    with pytest.raises(FileNotFoundError):
        storage.size("a.jpg")


def test_a_file_that_may_not_be_read_is_neither_there_nor_missing(
    storage: CloudinaryStorage, cloudinary: Cloudinary
):
    cloudinary.always(failing(403))

    with pytest.raises(CloudinaryError, match="403: no reason given"):
        storage.exists("a.jpg")


def test_a_file_cannot_be_opened_to_be_written(storage: CloudinaryStorage):
    with pytest.raises(ValueError, match="to be read"):
        storage.open("a.jpg", "wb")


@pytest.mark.parametrize("fault", [failing(500), dropped(), slow(20)])
def test_an_outage_is_told_as_an_error_of_files(
    storage: CloudinaryStorage, cloudinary: Cloudinary, fault: Fault
):
    cloudinary.always(fault)
    start = time.monotonic()

    with pytest.raises(CloudinaryError, match="does not answer"):
        storage.save("a.jpg", ContentFile(picture()))

    assert cloudinary.assets == {}
    assert issubclass(CloudinaryError, OSError)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "fault", [failing(503), dropped(), dropped(works=True), cut_short, slow(20)]
)
def test_a_single_failure_is_overcome(
    storage: CloudinaryStorage, cloudinary: Cloudinary, fault: Fault
):
    cloudinary.then(None, fault)

    storage.save("a.jpg", ContentFile(picture()))

    assert list(cloudinary.assets) == [("image", "a")]
    assert storage.open("a.jpg").read() == picture()


def test_what_is_not_cloudinarys_answer_is_no_success(
    storage: CloudinaryStorage, cloudinary: Cloudinary
):
    cloudinary.then(None, garbled)

    with pytest.raises(CloudinaryError, match="cannot be read"):
        storage.save("a.jpg", ContentFile(picture()))


@pytest.mark.parametrize(
    ("secret", "content", "reason"),
    [("wrong", picture(), "401: Invalid Signature"), (None, TEXT, "400: Invalid image file")],
)
def test_a_refusal_tells_its_reason_but_no_secret(
    storage: CloudinaryStorage,
    cloudinary: Cloudinary,
    secret: str | None,
    content: bytes,
    reason: str,
):
    cloudinary.secret = secret or cloudinary.secret

    with pytest.raises(CloudinaryError, match=reason) as refusal:
        storage.save("a.jpg", ContentFile(content))

    assert Cloudinary.secret not in str(refusal.value)
    assert len(cloudinary.requests) == 2


@pytest.mark.parametrize(
    "url",
    ["", "https://key:secret@cloud", "cloudinary://key@cloud", "cloudinary://key:secret@"],
)
def test_another_form_of_address_stops_the_start(url: str):
    with pytest.raises(ImproperlyConfigured, match="cloudinary://key:secret@cloud") as refusal:
        CloudinaryStorage(url)

    assert str(refusal.value) == "CLOUDINARY_URL must be cloudinary://key:secret@cloud."


def test_a_key_may_hold_signs_that_addresses_give_a_meaning(cloudinary: Cloudinary):
    cloudinary.key, cloudinary.secret = "k/1", "s@c:r/t"
    options: dict[str, Any] = {"api_url": cloudinary.address, "delivery_url": cloudinary.address}
    storage = CloudinaryStorage("cloudinary://k%2F1:s%40c%3Ar%2Ft@fundi-cloud", **options)

    storage.save("a.jpg", ContentFile(picture()))

    assert storage.exists("a.jpg")


def test_a_migration_can_name_it():
    written, imports = serializer_factory(CloudinaryStorage("cloudinary://k:s@c")).serialize()

    assert written == "server.cloudinary_storage.CloudinaryStorage('cloudinary://k:s@c')"
    assert imports == {"import server.cloudinary_storage"}
