"""The outside world as fixtures, each fresh for a test."""

from collections.abc import Iterator

import pytest

from tests.support.fakes.cloudinary import Cloudinary
from tests.support.fakes.firebase import Firebase
from tests.support.fakes.panacea import Panacea
from tests.support.fakes.s3 import S3
from tests.support.fakes.smtp import Smtp


@pytest.fixture
def cloudinary() -> Iterator[Cloudinary]:
    """Cloudinary."""
    with Cloudinary() as fake:
        yield fake


@pytest.fixture
def firebase() -> Iterator[Firebase]:
    """Google's keys for Firebase."""
    with Firebase() as fake:
        yield fake


@pytest.fixture
def panacea() -> Iterator[Panacea]:
    """Panacea Mobile."""
    with Panacea() as fake:
        yield fake


@pytest.fixture
def s3() -> Iterator[S3]:
    """Object storage."""
    with S3() as fake:
        yield fake


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    """A mail server."""
    with Smtp() as fake:
        yield fake
