"""Settings that are declared for as long as a test runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.core.configuration import DECLARED


@contextmanager
def declarations_forgotten() -> Iterator[None]:
    """What the block declares is forgotten after it."""
    before = dict(DECLARED)
    try:
        yield
    finally:
        DECLARED.clear()
        DECLARED.update(before)
