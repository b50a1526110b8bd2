"""A house that can burn."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from server.valkey import Valkey
from tests.support.faults_app import handlers
from tests.support.faults_app.models import Effect
from tests.support.handlers import own_handlers
from tests.support.house import House


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    """A running Valkey, a table for what handlers do, and no other process yet."""
    with ExitStack() as stack:
        stack.enter_context(own_handlers())
        handlers.register()
        _change_schema("create_model")
        stack.callback(_change_schema, "delete_model")
        # As root, Valkey runs as another user, who may not enter pytest's folder.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        valkey = Valkey(folder / "valkey", throwaway=True)
        stack.callback(valkey.kill)
        valkey.start()
        found = House(valkey, tmp_path)
        stack.callback(found.close)
        yield found


def _change_schema(method: str) -> None:
    with connection.schema_editor() as editor:
        getattr(editor, method)(Effect)
