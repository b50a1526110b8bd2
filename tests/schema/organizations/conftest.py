"""An organization with people in every role."""

import pytest

from tests.factories.organizations import Firm


@pytest.fixture
def firm(db: None) -> Firm:
    """An organization whose people come to be when a test first names them."""
    return Firm()
