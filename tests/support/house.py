"""Web, worker and beat as real processes on the test's database, with a Valkey of their own."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from server.children import descendants
from server.valkey import Valkey
from tests.support.server import APPLICATION, Process, Server, environment
from tests.support.threads import wait_until

Started = TypeVar("Started", bound=Process)


@contextmanager
def running_valkey() -> Iterator[Valkey]:
    """A Valkey of its own for a block."""
    # As root, Valkey runs as another user, who may not enter pytest's folder.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        valkey = Valkey(Path(folder) / "valkey", throwaway=True)
        try:
            valkey.start()
            yield valkey
        finally:
            valkey.kill()


class House:
    """Processes that can be killed one by one; what they are set to besides is given by name."""

    def __init__(self, valkey: Valkey, folder: Path, **settings: str) -> None:
        self.valkey = valkey
        self.folder = folder
        self.processes: list[Process] = []
        self.settings = {"REDIS_URL": valkey.url, **settings}

    def web(self, *, application: str = APPLICATION, port: int | None = None) -> Server:
        """Start a web process; it is ready."""
        log = self.folder / "web.log"
        return self._keep(Server(log=log, application=application, port=port, env=self.settings))

    def worker(self, pool: str = "solo") -> Process:
        """Start a worker that does one thing at a time, in itself or in a child."""
        apart = ("--without-gossip", "--without-mingle")
        return self._celery("worker", "--pool", pool, "-c", "1", *apart)

    def await_worker(self) -> None:
        """Wait until a worker takes tasks."""
        log = self.folder / "worker.log"
        wait_until(lambda: " ready." in log.read_text(), seconds=60)

    def beat(self) -> Process:
        """Start the clock that has the worker sweep."""
        return self._celery("beat", "--schedule", str(self.folder / "beat"), "--pidfile=")

    def log(self) -> str:
        """What all of them said."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        """Leave nothing running."""
        for process in self.processes:
            kill_children(process)
            process.kill()

    def _celery(self, *command: str) -> Process:
        words = ("celery", "-A", "server.celery", *command, "-l", "info")
        log = self.folder / f"{command[0]}.log"
        return self._keep(Process(*words, env=environment(**self.settings), log=log))

    def _keep(self, process: Started) -> Started:
        self.processes.append(process)
        return process


def kill_children(process: Process) -> None:
    """End all that a process started, as a crash would."""
    for pid in descendants(process.popen.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
