"""A web process looks for cycles among what is new."""

import subprocess
import sys

from tests.support.server import ROOT, environment

FROZEN = "import gc, server.asgi; print(gc.get_freeze_count(), len(gc.get_objects()))"


def test_what_was_loaded_is_not_looked_through_again(db: None):
    command = [sys.executable, "-c", FROZEN]
    told = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=True)

    frozen, left = map(int, told.stdout.split())
    assert frozen > 100 * left
