"""Servers that we start as our own children.

They never outlive us, never run as root, and are always waited for.
"""

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30.0
"""Seconds that a server has for starting, and for stopping before it is killed."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServiceFailed(RuntimeError):
    """A server could not be started; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """A user of the machine, as whom a server runs."""

    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the account can walk through every folder on this path."""
        return all(self._may_traverse(part) for part in (folder, *folder.parents) if part.exists())

    def _may_traverse(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def account_for(folder: Path) -> Account:
    """Name the account for a server that keeps its data in this folder: never root.

    Raises ServiceFailed when we are root and the machine has no other account.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = folder.stat().st_uid if folder.exists() else 0
    for known in (user for user in pwd.getpwall() if owner and user.pw_uid == owner):
        return Account(known.pw_uid, known.pw_gid)
    for name in ("postgres", "nobody"):
        for known in (user for user in pwd.getpwall() if user.pw_name == name):
            return Account(known.pw_uid, known.pw_gid)
    raise ServiceFailed("A server must not run as root, and there is no user postgres or nobody.")


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder that belongs to the account alone; its parents stay ours."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account,
    dies_with: signal.Signals,
    log: int,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a command as the account, in a session of its own.

    The session keeps the terminal's Ctrl-C away from it: we decide when it stops.
    """
    drop = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(
        [os.fspath(word) for word in command],
        stdin=stdin,
        stdout=log,
        stderr=log,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        preexec_fn=die_with_parent(dies_with),
        **(drop if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
    )


def die_with_parent(last_signal: signal.Signals) -> Callable[[], None]:
    """Return what a new child must call so that Linux signals it when we are gone, however we go.

    It is run after the change of user, which would clear it. The kernel watches the thread that
    forked: start servers from a thread that lives as long as they shall.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, last_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def until(deadline: float) -> Iterator[None]:
    """Yield at once and then every 20 ms until the deadline (of time.monotonic) has passed."""
    yield
    while time.monotonic() < deadline:
        time.sleep(0.02)
        yield


class Server(ABC):
    """A server in a folder of its own: start it, stop it, kill it, start it again."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.log = self.folder.with_name(f"{self.folder.name}.log")
        self.account = account_for(self.folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it; the same for the whole life of this object."""

    @property
    def pid(self) -> int | None:
        """The number of the running process, or None."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and return when it answers.

        Raises ServiceFailed with the end of its log when it does not.
        """
        if self._process is not None:
            raise ServiceFailed(f"{self.name} in {self.folder} has been started already.")
        make_folder(self.folder, self.account)
        try:
            self._prepare()
            self._start_until(time.monotonic() + PATIENCE)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Let it finish in order, and wait for that; kill it when it takes too long."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._tidy()

    def kill(self) -> None:
        """End it as a crash would: kill -9, and nothing is tidied."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its folder and its log."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def _start_until(self, deadline: float) -> None:
        with self.log.open("wb") as log:
            for _ in until(deadline):
                if self._process is None:
                    self._process = self._launch(log.fileno())
                if self._answers():
                    return
                if self._process.poll() is not None:
                    self._process = None
                    if not self._may_try_again():
                        break
        raise ServiceFailed(f"{self.name} did not start. The end of {self.log}:\n{self._log_end()}")

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])

    def _prepare(self) -> None:
        """Make what it needs before it is started."""

    def _tidy(self) -> None:
        """Remove what it leaves behind when it is stopped in order."""

    def _may_try_again(self) -> bool:
        """Tell whether the failure that its log shows is over in a moment."""
        return False

    @abstractmethod
    def _launch(self, log: int) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def _answers(self) -> bool: ...
