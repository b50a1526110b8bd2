"""What all tests share: the GraphQL client, the standing cast, a quiet and private media folder."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from kernel.rates import Rate
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL
from tests.support.server import await_gone

pytest_plugins = [
    "tests.support.emptying",
    "tests.support.fakes.fixtures",
    "tests.support.heap",
    "tests.support.parallel",
]


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """The database without a surrounding transaction, emptied once all processes are gone."""
    yield
    await_gone()


@pytest.fixture
def graphql(db: None) -> GraphQL:
    """Asks the real endpoint, within the test's transaction."""
    return GraphQL()


@pytest.fixture
def cast(db: None) -> Cast:
    """Ada the provider, Ben the client, Cleo the stranger, Dora of the staff."""
    return Cast()


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Uploads of a test go where they vanish with it."""
    settings.MEDIA_ROOT = str(tmp_path)
    settings.PRIVATE_MEDIA_ROOT = str(tmp_path / "private")
    yield


@pytest.fixture(autouse=True)
def rates(settings: Settings) -> None:
    """Each test has its own rate buckets, which are full."""
    settings.RATE_PREFIX = f"rate-{uuid4().hex}"


@pytest.fixture
def unpriced(settings: Settings) -> None:
    """Documents may cost what they like."""
    most = 10**9
    settings.DOCUMENT_LIMITS = replace(settings.DOCUMENT_LIMITS, nodes=most, cost=most)
    settings.COST_RATES = dict.fromkeys(settings.COST_RATES, Rate(most, 1.0))
