"""Whatever stands in an input is taken, or refused by a code."""

import pytest

from tests.architecture.isolation import documents
from tests.architecture.isolation.spoiling import faults_of_values
from tests.architecture.isolation.world import World

pytestmark = [pytest.mark.soak, pytest.mark.django_db]


@pytest.mark.parametrize("name", sorted(documents.MUTATIONS))
def test_an_odd_value_is_taken_or_refused_by_a_code(world: World, name: str):
    assert faults_of_values(world, name) == []
