"""Servers that we start as our own children.

They never outlive us, never run as root, and are always waited for.
"""

import ctypes
import importlib.metadata
import importlib.util
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 30.0
"""Seconds that a server has for starting, and for stopping before it is killed."""

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServiceError(RuntimeError):
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

    Raises ServiceError when we are root and the machine has no other account.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = folder.stat().st_uid if folder.exists() else 0
    users = pwd.getpwall()
    for wanted in (owner or "postgres", "postgres", "nobody"):
        for known in (user for user in users if wanted in (user.pw_uid, user.pw_name)):
            return Account(known.pw_uid, known.pw_gid)
    raise ServiceError("A server must not run as root, and there is no user postgres or nobody.")


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder that belongs to the account alone; its parents stay ours."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)


def package_within_reach(name: str, *, account: Account, spare: Path) -> Path | None:
    """Return the folder of an installed package, or None where it is not installed.

    When the account may not enter it (we are root, and the virtual environment lies in a private
    home), it is copied once to the spare place.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if account.may_enter(package):
        return package
    copy = spare / f"{name}-{importlib.metadata.version(name)}"
    if not copy.exists():
        _copy(package, copy, account)
    return copy / name


def _copy(package: Path, copy: Path, account: Account) -> None:
    draft = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    # A wheel's libraries stand beside the package, and its programs look for them there.
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, draft / folder.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    draft.rename(copy)


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
    return subprocess.Popen(  # noqa: S603
        [os.fspath(word) for word in command],
        stdin=stdin,
        stdout=log,
        stderr=log,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        preexec_fn=die_with_parent(dies_with),
        **_as_user(account),
    )


def run(command: Sequence[str | Path], *, account: Account) -> str:
    """Run a short command as the account and return what it prints.

    Raises ServiceError with its complaint when it fails.
    """
    done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        preexec_fn=die_with_parent(signal.SIGKILL),
        **_as_user(account),
    )
    if done.returncode:
        raise ServiceError(f"{command[0]} failed: {done.stderr or done.stdout}")
    return done.stdout


def command_line(pid: int) -> bytes:
    """Return the words of a running program, each but the last followed by a zero byte, or b""."""
    if sys.platform != "linux":
        ps = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
        done = subprocess.run(ps, capture_output=True, check=False)  # noqa: S603
        return done.stdout.replace(b" ", b"\0")
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _as_user(account: Account) -> dict[str, Any]:
    """Return the arguments of Popen that give up root's rights, where we have them."""
    if os.geteuid() != 0:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


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


def descendants(pid: int) -> list[int]:
    """Return the numbers of all processes below this one; on Linux only, elsewhere none."""
    found = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, listing.read_text().split()):
                found += [child, *descendants(child)]
    return found


def until(deadline: float, *, every: float = 0.02) -> Iterator[None]:
    """Yield at once, and again after each interval until time.monotonic() passes the deadline."""
    yield
    while time.monotonic() < deadline:
        time.sleep(every)
        yield


class Server(ABC):
    """A server in a folder of its own: start it, stop it, kill it, start it again.

    A throwaway one may lose its data when the machine loses power.
    """

    name: str
    stop_signal: signal.Signals

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self.folder = folder.absolute()
        self.throwaway = throwaway
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

        Raises ServiceError with the end of its log when it does not.
        """
        if self._process is not None:
            raise ServiceError(f"{self.name} in {self.folder} has been started already.")
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

    def kill(self) -> None:
        """End it as a crash would: kill -9, and nothing is tidied."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

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
        raise ServiceError(f"{self.name} did not start. The end of {self.log}:\n{self._log_end()}")

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])

    def _may_try_again(self) -> bool:
        """Tell whether the failure that its log shows is over in a moment."""
        return False

    @abstractmethod
    def _prepare(self) -> None:
        """Make what it needs before it is started."""

    @abstractmethod
    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        """Start the process."""

    @abstractmethod
    def _answers(self) -> bool:
        """Tell whether it is ready for clients."""
