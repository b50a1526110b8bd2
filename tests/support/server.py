"""A real server of ours, in a process of its own, on the test's database."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
#: What the processes that tests start are called at the database.
APPLICATION_NAME = "fundi-under-test"
#: Below those that systems give to clients and to servers that ask for any: until ours listens on
#: its port, another process of tests could be given it.
PORTS = range(10_000, 20_000)


def free_port() -> int:
    """A port that nobody listens on."""
    for port in random.SystemRandom().sample(PORTS, k=100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("No free port was found.")


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on the test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    folder, _, _ = url.path.rpartition("/")
    database = url._replace(path=f"{folder}/{connection.settings_dict['NAME']}")
    return (
        os.environ
        | {
            "DATABASE_URL": urlunsplit(database),
            "ENVIRONMENT": "test",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "PGAPPNAME": APPLICATION_NAME,
        }
        | more
    )


def await_gone() -> None:
    """Wait until the database has noticed that no process of ours is left.

    A statement that a killed process had begun goes on for a moment, and its locks with it.
    """
    deadline = time.monotonic() + 15
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = %s"
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(asked, [APPLICATION_NAME, connection.settings_dict["NAME"]])
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)
    raise AssertionError("A process of an earlier test is still at the database.")


class Process:
    """A process of ours that can be ended in every way."""

    def __init__(self, *command: str, env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", *command], env=env, cwd=ROOT, stdout=output, stderr=output
            )

    def kill(self) -> None:
        """End it as a crash would."""
        self.popen.kill()
        self.popen.wait()

    def terminate(self, *, within: float = 15) -> int:
        """Ask it to end; its exit status. Raises TimeoutExpired."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(within)


#: As the Procfile starts it.
UVICORN = (
    *("uvicorn", "--loop", "uvloop", "--http", "httptools", "--lifespan", "on"),
    *("--no-proxy-headers", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
    *("--ws-ping-interval", "45", "--timeout-graceful-shutdown", "2", "--no-server-header"),
)


#: Whether daphne serves. ``EITHER`` asks uvicorn alone but in make soak, for what takes long.
_UVICORN, _DAPHNE = pytest.param(False, id="uvicorn"), pytest.param(True, id="daphne")
BOTH = [_UVICORN, _DAPHNE]
EITHER = [_UVICORN, pytest.param(True, id="daphne", marks=pytest.mark.soak)]

APPLICATION = "server.asgi:application"
#: With fields that are slow or fail, see ``tests.support.probe``.
PROBE = "tests.support.probe_asgi:application"


class Server(Process):
    """A web process."""

    def __init__(
        self,
        *,
        log: Path,
        port: int | None = None,
        daphne: bool = False,
        application: str = APPLICATION,
        env: dict[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        server = ("daphne", "-b", "127.0.0.1", "-p") if daphne else (*UVICORN, "--port")
        super().__init__(
            *server, str(self.port), application, env=environment(**env or {}), log=log
        )
        try:
            self._await_ready()
        except BaseException:
            self.kill()
            raise

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}/graphql/"

    @property
    def ws_url(self) -> str:
        """The endpoint for sockets."""
        return f"ws://127.0.0.1:{self.port}/graphql/"

    def _await_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.popen.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"The server is not ready: {self.log.read_text()}")


@contextmanager
def serving(tmp_path: Path, **options: Any) -> Iterator[Server]:
    """A server for a block, killed after it if it still runs; the options are those of Server."""
    server = Server(log=tmp_path / "server.log", **options)
    try:
        yield server
    finally:
        if server.popen.poll() is None:
            server.kill()
