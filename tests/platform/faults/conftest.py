"""A house that can burn."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from tests.support.faults_app import handlers
from tests.support.faults_app.models import Effect
from tests.support.handlers import own_handlers
from tests.support.house import House, running_valkey


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    """A running Valkey, a table for what handlers do, and no other process yet, all of which run
    the app of tests.support.faults_app too.
    """
    with ExitStack() as stack:
        stack.enter_context(own_handlers())
        handlers.register()
        _change_schema("create_model")
        stack.callback(_change_schema, "delete_model")
        found = House(
            stack.enter_context(running_valkey()),
            tmp_path,
            DJANGO_SETTINGS_MODULE="tests.support.faults_settings",
            STOPPING_FOLDER=str(tmp_path),
        )
        stack.callback(found.close)
        yield found


def _change_schema(method: str) -> None:
    with connection.schema_editor() as editor:
        getattr(editor, method)(Effect)
