"""Processes of the benchmark that take orders as lines of JSON, and answer each by a line."""

import subprocess
import sys
from typing import Any

import orjson

from tests.support.server import ROOT, environment


class ChildError(Exception):
    """A process of the benchmark ended."""


class Child:
    """Such a process."""

    def __init__(self, module: str, *words: str, **more: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", f"tests.load.fanout.{module}", *words],
            cwd=ROOT,
            env=environment(ENVIRONMENT="production", PGAPPNAME="fundi-load", **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def close(self) -> None:
        """End it."""
        self.popen.kill()
        self.popen.communicate()

    def tell(self, do: str, **more: Any) -> None:
        """Give an order, and do not wait for the answer."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(orjson.dumps({"do": do, **more}) + b"\n")
        self.popen.stdin.flush()

    def answer(self) -> Any:
        """The answer to the oldest order that has none yet. Raises ChildError."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line:
            raise ChildError(f"{self.popen.args!r} ended.")
        return orjson.loads(line)

    def ask(self, do: str, **more: Any) -> Any:
        """Give an order, and wait for the answer. Raises ChildError."""
        self.tell(do, **more)
        return self.answer()
