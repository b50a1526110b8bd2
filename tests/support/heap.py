"""Garbage collection that leaves alone what lives as long as the tests: the schema, the models."""

import gc


def pytest_configure() -> None:
    """Load all of it at once."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Collect among what tests make, and seldom, as the server does."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
