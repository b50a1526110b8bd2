"""A world for each module, in one transaction that is taken back at its end."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.isolation.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The rows and the nine."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        # Else its statements would be planned for the empty tables that earlier tests left.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield made
        transaction.set_rollback(True)
