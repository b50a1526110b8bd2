"""One cell of the table: a server under so many clients, and what it took it."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import orjson
import psutil

from tests.load.cases import Ask, Case
from tests.support.server import ROOT

WARM_UP, SECONDS = 3.0, 5.0


class LoadError(Exception):
    """An answer was wrong, or there was none."""


@dataclass(frozen=True)
class Cell:
    """What was measured."""

    per_second: float
    p50: float
    p99: float
    #: Milliseconds of CPU per request.
    server: float
    postgres: float | None
    sent: int


def measure(case: Case, asks: Sequence[Ask], *, clients: int, target: "Target") -> Cell:
    """Load a server with a case's requests; raises LoadError."""
    order = {
        "port": target.port,
        "clients": clients,
        "warm_up": WARM_UP,
        "seconds": SECONDS,
        "once": case.once,
        "body": {"operationName": case.operation, "query": case.document},
        "asks": [{"token": ask.token, "variables": ask.variables} for ask in asks],
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.load.client"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            return _follow(process, order, target)
        finally:
            process.kill()


def _follow(process: "subprocess.Popen[bytes]", order: dict[str, Any], target: "Target") -> Cell:
    assert process.stdin is not None
    process.stdin.write(orjson.dumps(order))
    process.stdin.close()
    _line(process)
    before = target.spent()
    found = _line(process)
    after = target.spent()
    sent = _line(process)["sent"]
    took = found["took"]
    if len(took) < 2:
        raise LoadError("There were hardly any answers.")
    cuts = quantiles(took, n=100, method="inclusive")
    server, postgres = (
        None if a is None or b is None else (b - a) * 1000 / len(took)
        for a, b in zip(before, after, strict=True)
    )
    assert server is not None
    return Cell(
        per_second=len(took) / found["seconds"],
        p50=cuts[49] * 1000,
        p99=cuts[98] * 1000,
        server=server,
        postgres=postgres,
        sent=sent,
    )


def _line(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise LoadError("The client ended.")
    found: dict[str, Any] = orjson.loads(line)
    if found.get("failure"):
        raise LoadError(found["failure"])
    return found


@dataclass(frozen=True)
class Target:
    """A server, and the database that it works on."""

    port: int
    pid: int
    database: str

    def spent(self) -> tuple[float, float | None]:
        """Seconds of CPU so far: the server's with its children, and its database's.

        PostgreSQL's backends are known by their titles; None where they run elsewhere.
        """
        server = psutil.Process(self.pid)
        own = sum(map(_cpu, [server, *server.children(recursive=True)]))
        backends = [_cpu(each) for each in psutil.process_iter() if self._is_backend(each)]
        return own, sum(backends) if backends else None

    def _is_backend(self, process: psutil.Process) -> bool:
        try:
            title = " ".join(process.cmdline())
        except psutil.Error:
            return False
        return title.startswith("postgres") and f" {self.database} " in title


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
