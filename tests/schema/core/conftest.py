"""What tests of settings share."""

from collections.abc import Iterator

import pytest

from apps.core.configuration import INTEGER, Setting
from tests.support.declarations import declarations_forgotten


@pytest.fixture
def declared() -> Iterator[Setting[int]]:
    """A setting that the product reads for as long as the test runs: ``declared.count``."""
    with declarations_forgotten():
        yield Setting(
            "declared.count", INTEGER, default=3, least=1, most=9, description="How many there are."
        )
