"""Runs the product, its tests or one command, with PostgreSQL and Valkey at hand.

python -m server.launch run
python -m server.launch test -- COMMAND ...     on services that are new and deleted afterwards
python -m server.launch test --parallel -- ...  on a set of them for each core
python -m server.launch exec -- COMMAND ...     on those of "run", also while it runs
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from environ import Env

from server.children import ServiceError, descendants, die_with_parent, until
from server.services import running_services

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ("web", "worker", "beat")
SECONDS_TO_READY = 60.0
SECONDS_TO_STOP = 9.0
MOST_SETS = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    options = _parser().parse_args(arguments)
    testing = options.task == "test"
    try:
        _set_environment(testing=testing)
        if options.task == "run":
            _refuse_taken_port()
        with running_services(root=ROOT, testing=testing, sets=options.sets) as urls:
            environment = os.environ | urls
            if options.task == "run":
                return _run_product(environment)
            return _run_command(options.command, environment)
    except ServiceError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("server.launch", description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("run", help="the whole product, as the Procfile names it")
    for name, what in (("test", "new, empty services"), ("exec", "the services of run")):
        task = tasks.add_parser(name, help=f"a command on {what}")
        task.add_argument("command", nargs="+", metavar="COMMAND")
    parser.set_defaults(sets=1)
    tasks.choices["test"].add_argument(
        "--parallel",
        action="store_const",
        dest="sets",
        const=min(_cores(), MOST_SETS),
        default=1,
        help="a set of services for each core",
    )
    return parser


def _cores() -> int:
    """Return how many cores we may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _set_environment(*, testing: bool) -> None:
    """Complete our environment, which all that we start inherits."""
    if testing:
        os.environ["ENVIRONMENT"] = "test"
        # Races take many connections at once, and machines that run tests are busy ones.
        os.environ.setdefault("DATABASE_POOL_WAIT", "15")
    if (ROOT / ".env").exists():
        Env.read_env(ROOT / ".env")
    os.environ.setdefault("ENVIRONMENT", "development")
    os.environ.setdefault("PORT", "8000")
    # The demo accounts' passwords are known to all: they are for this machine only.
    os.environ.setdefault("BIND_ADDRESS", "127.0.0.1")
    os.environ.setdefault("BEAT_SCHEDULE", str(ROOT / ".data" / "beat-schedule"))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    _prepend("PATH", Path(sys.executable).parent)
    _prepend("PYTHONPATH", ROOT, ROOT / "platform")
    if os.environ["ENVIRONMENT"] == "development" and not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _development_key(ROOT / ".data" / "secret_key")


def _prepend(variable: str, *folders: Path) -> None:
    before = os.environ.get(variable, "")
    os.environ[variable] = os.pathsep.join([*map(str, folders), *filter(None, [before])])


def _development_key(file: Path) -> str:
    """Return the key that this project uses on this machine, made at the first call."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as new:
            new.write(secrets.token_urlsafe(48))
    return file.read_text()


def _refuse_taken_port() -> None:
    """Raise ServiceError when the web process could not listen."""
    address, port = os.environ["BIND_ADDRESS"], os.environ["PORT"]
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ServiceError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, int(port)))
        except OSError as problem:
            raise ServiceError(
                f"Cannot listen on {address}, port {port}: {problem.strerror}."
                " Choose another one, for example: make run PORT=8001"
            ) from problem


def _run_product(environment: Mapping[str, str]) -> int:
    """Prepare the database, then run the Procfile's processes until one of them ends."""
    prepared = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "prepare"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if prepared.returncode:
        raise ServiceError("The database could not be readied; the lines above say why.")
    with _procfile(environment) as processes:
        if _gets_ready(processes):
            print(
                f"\nGraphiQL  http://localhost:{os.environ['PORT']}/graphql/\n\n{prepared.stdout}"
            )
            sys.stdout.flush()
        return processes.wait()


@contextmanager
def _procfile(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the processes of the Procfile, and at the end stop all of them."""
    honcho = subprocess.Popen(
        # honcho's own reading of .env would let that file win over what we have set.
        [sys.executable, "-m", "honcho", "start", "-e", os.devnull, *PROCESSES],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        yield honcho
    finally:
        family = descendants(honcho.pid)
        honcho.terminate()
        with suppress(subprocess.TimeoutExpired):
            honcho.wait(SECONDS_TO_STOP)
        honcho.kill()
        honcho.wait()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _gets_ready(processes: subprocess.Popen[bytes]) -> bool:
    """Wait until the product takes requests; return False when it ends before that.

    Raises ServiceError when it takes too long.
    """
    for _ in until(time.monotonic() + SECONDS_TO_READY, every=0.1):
        if processes.poll() is not None:
            return False
        if _is_ready():
            return True
    raise ServiceError("The server does not get ready; its last lines above may say why.")


def _is_ready() -> bool:
    address = os.environ["BIND_ADDRESS"].replace("0.0.0.0", "127.0.0.1")
    connection = HTTPConnection(address, int(os.environ["PORT"]), timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command in the foreground and return its exit code.

    Ctrl-C reaches it from the terminal, and it may have its own use for that; the signals that only
    we get are passed on.
    """
    try:
        process = subprocess.Popen(
            command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM)
        )
    except FileNotFoundError as problem:
        raise ServiceError(f"There is no command {command[0]}.") from problem

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
