"""Each process knows what it is by how it is started, and with it how long statements may take."""

import os
import subprocess
import sys

import pytest

from tests.support.server import ROOT

SAY = "from django.conf import settings; print(settings.ROLE, settings.STATEMENT_TIMEOUT)"
STARTS = {
    "web 5s": ("-c", f"import server.asgi; {SAY}"),
    "worker 1min": ("-m", "celery", "-A", "server.celery", "shell", "--python"),
    "command 0": ("manage.py", "shell", "-v", "0", "-c", SAY),
}


@pytest.mark.parametrize("expected", STARTS)
def test_a_process_knows_its_role(expected: str):
    unset = {name: value for name, value in os.environ.items() if name != "PROCESS_ROLE"}
    environment = unset | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}

    done = subprocess.run(
        [sys.executable, *STARTS[expected]],
        input=SAY,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert expected in done.stdout, done.stderr
