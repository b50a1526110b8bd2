"""A world for each module, in one transaction that is taken back at its end."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.isolation.world import World
from tests.support.settled import settle


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The rows and the nine."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        settle()
        yield made
        transaction.set_rollback(True)
