"""The servers that are measured: ours under uvicorn and under daphne, and Node's."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from django.conf import settings

from tests.load.fanout.world import TOKEN_SECONDS, public_key
from tests.support.node import node
from tests.support.server import Server, free_port

FOLDER = Path(__file__).parent
#: What Node's channels at Redis begin with.
CHANNEL = "fundi-load-fanout"
OURS = ("uvicorn", "daphne")
KINDS = (*OURS, "node")


class NodeServer:
    """The Node server, see server.mjs."""

    def __init__(self, *, log: Path) -> None:
        install()
        self.port, self.log = free_port(), log
        env = os.environ | {
            "PORT": str(self.port),
            "REDIS_URL": settings.REDIS_URL,
            "CHANNEL": CHANNEL,
            "PUBLIC_KEY": public_key(),
            "NODE_ENV": "production",
        }
        command = [_program(), "--expose-gc", "server.mjs"]
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                command, cwd=FOLDER, env=env, stdout=output, stderr=output
            )
        self._await_ready()

    def kill(self) -> None:
        """End it."""
        self.popen.kill()
        self.popen.wait()

    def _await_ready(self) -> None:
        for _ in range(200):
            assert self.popen.poll() is None, self.log.read_text()
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"Node is not ready: {self.log.read_text()}")


def _program() -> str:
    """Node itself: what stands on the path may only start it."""
    asked = [node(), "-p", "process.execPath"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def install() -> None:
    """Have what server.mjs imports, as the lock file says it."""
    installed, lock = FOLDER / "node_modules/.package-lock.json", FOLDER / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    npm = shutil.which("npm", path=path)
    assert npm, "npm is needed: requirements-dev.txt brings it along."
    command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=FOLDER, env=os.environ | {"PATH": path}, check=True)


def start(kind: str, folder: Path, *, port: int | None = None) -> Server | NodeServer:
    """Start a server; it is ready."""
    log = folder / f"{kind}.log"
    if kind == "node":
        return NodeServer(log=log)
    env = {"ENVIRONMENT": "production", "ACCESS_TOKEN_SECONDS": str(TOKEN_SECONDS)}
    return Server(log=log, port=port, daphne=kind == "daphne", env=env)


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Server | NodeServer]:
    """A server for a block; what it said last is shown where the block fails."""
    server = start(kind, folder)
    try:
        yield server
    except BaseException:
        print(server.log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        server.kill()


def memory(kind: str, pid: int) -> int:
    """Bytes that a server has for itself alone; Node's once it has thrown away what it can."""
    process = psutil.Process(pid)
    if kind == "node":
        process.send_signal(signal.SIGUSR2)
        time.sleep(1)
    return int(process.memory_full_info().uss)
