"""Tests in several processes: each is given services of its own."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from server.services import SETS

pytestmark = pytest.mark.soak

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"][
    "addopts"
].split()
#: Says which services the process has that runs it.
TEST = """
import os
from pathlib import Path

def test_one():
    Path(__file__).with_suffix(".txt").write_text(os.environ["DATABASE_URL"])
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two files of tests."""
    found = [tmp_path / "test_first.py", tmp_path / "test_second.py"]
    for file in found:
        file.write_text(TEST)
    return found


def pytest_run(*files: Path, processes: str, sets: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run files of tests in several processes, with these databases for them."""
    configured = {"DATABASE_URL": "ours", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    if sets:
        configured[SETS] = json.dumps([{"DATABASE_URL": name} for name in sets])
    inherited = {name: value for name, value in os.environ.items() if name != SETS}
    plugins = ("-p", "tests.support.parallel", "-p", "no:django", "-p", "no:cacheprovider")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, *OPTIONS, *plugins),
            *("-n", processes, *files),
        ],
        env=inherited | configured,
        capture_output=True,
        text=True,
        check=False,
    )


def seen(files: list[Path]) -> list[str]:
    """The databases that the tests had."""
    return sorted(file.with_suffix(".txt").read_text() for file in files)


def test_each_process_has_a_set_of_services(files: list[Path]):
    done = pytest_run(*files, processes="auto", sets=["one", "two"])

    assert done.returncode == 0, done.stdout
    assert seen(files) == ["one", "two"]


def test_without_sets_one_process_has_the_services_that_are_configured(files: list[Path]):
    done = pytest_run(*files, processes="auto", sets=[])

    assert "created: 1/1 worker" in done.stdout
    assert seen(files) == ["ours", "ours"]


def test_a_crash_fails_the_run_and_the_rest_is_not_given_up(files: list[Path]):
    (crashing, _) = files
    crashing.write_text("import os\n\ndef test_one():\n    os._exit(1)\n")

    done = pytest_run(*files, processes="auto", sets=["one", "two"])

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "crashed while running" in done.stdout
    assert seen(files[1:]) in (["one"], ["two"])


def test_more_processes_than_there_are_services_for_are_refused(files: list[Path]):
    done = pytest_run(*files, processes="2", sets=["one"])

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "There are services for 1 of 2 processes" in done.stdout + done.stderr
    assert not files[0].with_suffix(".txt").exists()
