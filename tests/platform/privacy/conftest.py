"""A production, and the secrets that are pushed through it."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from server.valkey import Valkey
from tests.platform.privacy.canaries import Canaries
from tests.platform.privacy.estate import Estate


@pytest.fixture
def estate(transactional_db: None, tmp_path: Path, settings: Settings) -> Iterator[Estate]:
    """What production is made of, none of which runs yet; this process has its keys too."""
    with ExitStack() as stack:
        # As root, Valkey runs as another user, who may not enter pytest's folder.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        valkey = Valkey(folder / "valkey", throwaway=True)
        stack.callback(valkey.kill)
        valkey.start()
        found = stack.enter_context(Estate(valkey, tmp_path, Canaries()))
        settings.SECRET_KEY = found.env["SECRET_KEY"]
        settings.ENCRYPTION_KEYS = [found.env["ENCRYPTION_KEYS"]]
        yield found
