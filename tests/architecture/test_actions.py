"""What viewers may do with rows is declared once: clients read what the mutations enforce."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps

from kernel.actions import Actions
from schema.root import schema

CORE = schema._schema


def declared() -> list[Actions]:
    """The actions of all domains."""
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and find_spec(f"{config.name}.access"):
            names = vars(import_module(f"{config.name}.access")).values()
            found += [value for value in names if isinstance(value, Actions)]
    return found


@pytest.mark.parametrize("actions", declared(), ids=lambda actions: actions.model.__name__)
def test_every_action_is_a_mutation_and_its_type_tells_who_may_call_it(actions: Actions):
    kind = CORE.type_map[actions.model.__name__]

    assert set(actions.rules) <= set(CORE.mutation_type.fields)
    assert set(actions.refusals) <= set(actions.rules)
    assert "viewerCan" in kind.fields


def test_there_are_actions_to_look_at():
    assert {actions.model.__name__ for actions in declared()} >= {"Order", "Bid"}
