"""PostgreSQL and Valkey as children of ours, for machines that have none configured."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from server.children import PATIENCE, ServiceError, account_for, until
from server.postgres import Postgres
from server.valkey import Valkey

__all__ = ["SETS", "Postgres", "ServiceError", "Valkey", "running_services"]

SERVICES: dict[str, type[Postgres] | type[Valkey]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
NOTICE = "services.json"
SETS = "SERVICE_SETS"
MOST_TEST_RUNS = 20


@contextmanager
def running_services(*, root: Path, testing: bool, sets: int = 1) -> Iterator[dict[str, str]]:
    """Run what DATABASE_URL and REDIS_URL do not name, and yield these variables for it.

    In tests everything is new, and deleted afterwards; SERVICE_SETS then lists as many sets of
    these variables as were asked for, in JSON, the first of which are those yielded. Otherwise the
    data stays in .data, and a second caller joins the services of the first. At the end, also after
    Ctrl-C, SIGTERM or SIGHUP, all that was started here is stopped and waited for.

    Raises ServiceError when a server cannot be started.
    """
    missing = [variable for variable in SERVICES if not os.environ.get(variable)]
    with _one_signal_ends_it() as ignore_signals, ExitStack() as stack:
        try:
            if not missing:
                yield {}
            elif testing:
                yield _start_sets(stack, missing, _own_folder(stack, _home(root)), sets)
            elif stack.enter_context(_lock(home := _home(root), "services")):
                yield _start_shared(stack, missing, home)
            else:
                yield _join(home, missing)
        finally:
            ignore_signals()


def _home(root: Path) -> Path:
    """Return .data, or as root a folder elsewhere when other users may not enter the project."""
    home = root.absolute() / ".data"
    if not account_for(home).may_enter(home.parent):
        sign = home / "elsewhere"
        home = Path("/var/lib") / f"fundi-{hashlib.sha256(bytes(home)).hexdigest()[:12]}"
        sign.parent.mkdir(exist_ok=True)
        if not sign.is_symlink():
            sign.symlink_to(home)
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        home.chmod(0o755)
    return home


def _start_sets(stack: ExitStack, variables: list[str], home: Path, number: int) -> dict[str, str]:
    """Start throwaway servers that share nothing: one set alone where a part is configured."""
    if len(variables) < len(SERVICES):
        number = 1
    sets = [
        _start(stack, variables, home, throwaway=True, suffix=f"-{place}")
        for place in range(1, number + 1)
    ]
    return sets[0] | {SETS: json.dumps(sets)}


def _start(
    stack: ExitStack,
    variables: list[str],
    home: Path,
    *,
    throwaway: bool = False,
    suffix: str = "",
) -> dict[str, str]:
    """Start a server for each variable; the stack stops them."""
    urls = {}
    for variable in variables:
        kind = SERVICES[variable]
        server = kind(home / f"{kind.__name__.lower()}{suffix}", throwaway=throwaway)
        stack.callback(server.stop)
        server.start()
        urls[variable] = server.url
    return urls


def _own_folder(stack: ExitStack, home: Path) -> Path:
    """Give this test run an empty folder that no other run uses; the stack deletes it."""
    for number in range(1, MOST_TEST_RUNS + 1):
        if stack.enter_context(_lock(home, f"test-{number}")):
            folder = home / f"test-{number}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            folder.chmod(0o755)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            return folder
    raise ServiceError(f"{MOST_TEST_RUNS} test runs are under way in {home}: no more.")


def _start_shared(stack: ExitStack, variables: list[str], home: Path) -> dict[str, str]:
    """Start servers that others on this machine can join, who may read our notice."""
    notice = home / NOTICE
    notice.unlink(missing_ok=True)  # of a launcher that was killed
    urls = _start(stack, variables, home)
    stack.callback(notice.unlink, missing_ok=True)
    draft = notice.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(urls))
    draft.rename(notice)
    return urls


def _join(home: Path, variables: list[str]) -> dict[str, str]:
    """Return the variables of the launcher that holds the lock, as soon as it announces them."""
    notice = home / NOTICE
    for _ in until(time.monotonic() + PATIENCE):
        if notice.exists():
            urls: dict[str, str] = json.loads(notice.read_text())
            return {variable: urls[variable] for variable in variables if variable in urls}
    raise ServiceError(f"Another launcher holds {home / 'services.lock'} and does not get ready.")


@contextmanager
def _lock(home: Path, name: str) -> Iterator[bool]:
    """Hold the lock of this name, and tell whether it was free. The system frees it if we die."""
    with (home / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _one_signal_ends_it() -> Iterator[Callable[[], None]]:
    """Turn the first signal that asks us to end into an exception, and ignore all that follow.

    Yields a function that ignores them from now on, so that nothing disturbs the stopping.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return

    def ignore() -> None:
        # A function and not SIG_IGN, which programs that we start would inherit.
        for number in numbers:
            signal.signal(number, lambda _number, _frame: None)

    def end(number: int, _frame: FrameType | None) -> None:
        ignore()
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
