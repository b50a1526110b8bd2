"""The demo data."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import transaction

from tests.support.settled import settle


@contextmanager
def demo_data(blocker: Any) -> Iterator[None]:
    """The demo data for a block, as a module's tests share it."""
    with blocker.unblock(), transaction.atomic():
        call_command("load_demo")
        settle()
        yield
        transaction.set_rollback(True)
