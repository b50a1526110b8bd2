"""Keeping media files in object storage that speaks S3."""

from collections.abc import Iterator

import httpx
import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

from tests.support.fakes.base import dropped, failing
from tests.support.fakes.s3 import S3

BUCKET = "media"
PHOTO = bytes(range(256)) * 40


@pytest.fixture
def storage(s3: S3) -> Iterator[S3Storage]:
    """A storage as the settings make it."""
    storage = S3Storage(
        bucket_name=BUCKET,
        endpoint_url=s3.address,
        region_name="af-south-1",
        access_key="key",
        secret_key="secret",
        addressing_style="path",
        file_overwrite=False,
    )
    yield storage
    storage.connection.meta.client.close()


def test_a_file_is_kept_and_read_back(storage: S3Storage, s3: S3):
    name = storage.save("orders/Big One.jpg", ContentFile(PHOTO))

    stored = s3.objects[BUCKET, "orders/Big One.jpg"]
    assert (stored.body, stored.content_type) == (PHOTO, "image/jpeg")
    assert (name, storage.size(name), storage.exists(name)) == ("orders/Big One.jpg", 10_240, True)
    with storage.open(name) as file:
        assert file.read() == PHOTO


def test_the_address_of_a_file_is_signed_and_works(storage: S3Storage):
    storage.save("orders/Big One.jpg", ContentFile(PHOTO))

    url = storage.url("orders/Big One.jpg")

    assert httpx.get(url).content == PHOTO
    assert httpx.get(url.partition("?")[0]).status_code == 403


def test_a_taken_name_is_left_alone(storage: S3Storage, s3: S3):
    storage.save("a.jpg", ContentFile(PHOTO))

    again = storage.save("a.jpg", ContentFile(b"other"))

    assert again != "a.jpg"
    assert s3.objects[BUCKET, "a.jpg"].body == PHOTO


def test_a_file_can_be_deleted_even_twice(storage: S3Storage, s3: S3):
    storage.save("a.jpg", ContentFile(PHOTO))

    storage.delete("a.jpg")
    storage.delete("a.jpg")

    assert s3.objects == {}
    assert not storage.exists("a.jpg")
    with pytest.raises(FileNotFoundError):
        storage.open("a.jpg")


def test_files_are_listed_by_folder(storage: S3Storage):
    for name in ("a/1.jpg", "a/b/2.jpg", "3.jpg"):
        storage.save(name, ContentFile(PHOTO))

    assert storage.listdir("a") == (["b"], ["1.jpg"])


def test_a_single_failure_is_overcome_and_no_file_lost(storage: S3Storage, s3: S3):
    s3.then(None, failing(503), dropped(works=True))

    storage.save("a.jpg", ContentFile(PHOTO))

    assert s3.objects[BUCKET, "a.jpg"].body == PHOTO
    assert [request.method for request in s3.requests] == ["HEAD", "PUT", "PUT", "PUT"]


def test_a_refusal_is_raised(storage: S3Storage, s3: S3):
    s3.always(failing(403))

    with pytest.raises(ClientError):
        storage.exists("a.jpg")
