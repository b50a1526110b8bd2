"""A server that the tests of a module share."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.server import PROBE, Server, serving


@pytest.fixture(scope="module")
def server(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A real server over the probe's schema, on the tests' database."""
    env = {"SOCKET_INIT_SECONDS": "1", "SUBSCRIPTIONS_PER_SOCKET": "20"}
    with django_db_blocker.unblock():
        options = {"application": PROBE, "env": env}
    with serving(tmp_path_factory.mktemp("server"), **options) as server:
        yield server
