"""Tests in several processes, each with a PostgreSQL and a Valkey of its own.

Readers of the event log wait for the oldest transaction of a whole PostgreSQL, and tests stop and
wipe Valkey: processes that shared one would disturb each other.
"""

import json
import os
from collections.abc import Sequence
from typing import Any

import pytest

from server.services import SETS


def service_sets() -> list[dict[str, str]]:
    """The variables that name each process's services; one process shares ours."""
    sets: list[dict[str, str]] = json.loads(os.environ.get(SETS, "[{}]"))
    return sets


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many processes as there are services for."""
    return len(service_sets())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: Sequence[Any]) -> None:
    """Give each process its services, before it reads its settings."""
    sets = service_sets()
    if len(specs) > len(sets):
        raise pytest.UsageError(
            f"There are services for {len(sets)} of {len(specs)} processes: use -n auto."
        )
    for spec, variables in zip(specs, sets, strict=False):
        spec.env |= variables
