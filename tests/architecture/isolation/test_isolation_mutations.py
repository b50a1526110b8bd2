"""Nobody does what is not theirs to do: each mutation and each id in its input, as the nine."""

import pytest

from tests.architecture.isolation import documents, outside
from tests.architecture.isolation.reading import report
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import leaks_of_mutation, unfilled_ids

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(documents.MUTATIONS))
def test_a_mutation_does_nothing_for_those_whom_it_is_not_for(world: World, name: str):
    with outside.logged() as lines:
        found = leaks_of_mutation(world, name)

    assert not found, report(found)
    assert outside.leaks_of_log(world, lines) == []


def test_a_valid_input_names_every_id_that_it_can(world: World):
    unfilled = {
        name: missing for name in documents.MUTATIONS if (missing := unfilled_ids(world, name))
    }

    assert unfilled == {}
