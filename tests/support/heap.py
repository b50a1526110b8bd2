"""Garbage collection that leaves alone what lives as long as the tests: the schema, the models."""

import gc

from kernel.heap import keep_what_is_loaded


def pytest_configure() -> None:
    """Load all of it at once."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Collect among what tests make, and seldom, as the server does."""
    keep_what_is_loaded()
