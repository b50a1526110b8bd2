"""A server that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.support.server import PROBE, Server, serving


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over the probe's schema, on the tests' database."""
    env = {"SOCKET_INIT_SECONDS": "1", "SUBSCRIPTIONS_PER_SOCKET": "20"}
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, application=PROBE, env=env) as server:
        yield server
