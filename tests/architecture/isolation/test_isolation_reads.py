"""Nobody reads what is not theirs: each root field and each type of id, as the nine."""

import pytest

from tests.architecture.isolation import documents, outside
from tests.architecture.isolation.reading import leaks_of_nodes, leaks_of_query, report
from tests.architecture.isolation.world import World

#: A list is asked for by nine people, by each hidden value, and whatever it costs.
pytestmark = [
    *(pytest.mark.deep, pytest.mark.django_db, pytest.mark.timeout(300)),
    pytest.mark.usefixtures("unpriced"),
]


@pytest.mark.parametrize("name", sorted(documents.QUERIES.keys() - {"node", "nodes"}))
def test_a_root_field_shows_nobody_what_is_not_theirs(world: World, name: str):
    with outside.logged() as lines:
        found = leaks_of_query(world, name)

    assert not found, report(found)
    assert outside.leaks_of_log(world, lines) == []


@pytest.mark.parametrize("name", sorted(documents.node_types()))
def test_an_id_shows_nobody_what_is_not_theirs(world: World, name: str):
    with outside.logged() as lines:
        found = leaks_of_nodes(world, name)

    assert not found, report(found)
    assert outside.leaks_of_log(world, lines) == []
