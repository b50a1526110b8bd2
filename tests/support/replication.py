"""A primary with a replica that streams from it, both our own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from server.children import make_folder, run
from server.postgres import DATABASE, ROLE, SOCKET, SUPERUSER, Postgres
from tests.support.server import environment
from tests.support.threads import wait_until


class Replica(Postgres):
    """A server that follows another one."""

    def __init__(self, folder: Path, *, primary: Postgres) -> None:
        super().__init__(folder, throwaway=True)
        self.primary = primary

    def _initialise(self) -> None:
        draft = self.folder.with_name(f"{self.folder.name}.new")
        make_folder(draft, self.account)
        run(
            [
                *(self._programs / "pg_basebackup", "--pgdata", draft, "--write-recovery-conf"),
                *("--host", self.primary.socket_folder, "--username", SUPERUSER),
                *("--checkpoint", "fast", "--no-sync"),
            ],
            account=self.account,
        )
        # The primary keeps its socket beside its data.
        (draft / f"{SOCKET}.lock").unlink(missing_ok=True)
        with (draft / "postgresql.auto.conf").open("a") as configuration:
            configuration.write("max_standby_streaming_delay = 0\n")
        self.folder.rmdir()
        draft.rename(self.folder)


class Pair:
    """A primary with a copy of the test's database, and its replica."""

    def __init__(self, folder: Path) -> None:
        self.primary = Postgres(folder / "primary", throwaway=True)
        self.replica = Replica(folder / "replica", primary=self.primary)

    def start(self) -> None:
        """Start both."""
        self.primary.start()
        _copy_database(self.primary)
        self.replica.start()

    def stop(self) -> None:
        """End both."""
        self.replica.kill()
        self.primary.kill()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have this process use the primary instead of the test's database, for a block."""
        address = {"HOST": str(self.primary.socket_folder), "NAME": DATABASE, "USER": ROLE}
        before = dict(connection.settings_dict)
        _change_address(address | {"PASSWORD": "", "PORT": ""})
        try:
            yield
        finally:
            _change_address(before)

    @property
    def urls(self) -> dict[str, str]:
        """The variables that name them."""
        return {"DATABASE_URL": self.primary.url, "DATABASE_REPLICA_URL": self.replica.url}

    def on_primary(self, statement: str, *values: Any) -> Any:
        """The first value of a statement of the superuser's."""
        return _value(self.primary, statement, *values)

    def on_replica(self, statement: str, *values: Any) -> Any:
        """The same on the replica."""
        return _value(self.replica, statement, *values)

    def catch_up(self) -> None:
        """Wait until the replica has replayed all that was written."""
        written = self.on_primary("SELECT pg_logical_emit_message(true, '', '')::text")
        has_replayed = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        wait_until(lambda: self.on_replica(has_replayed, written))

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Let the replica replay nothing for a block, once it has replayed all."""
        self.catch_up()
        self.on_replica("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.on_replica("SELECT pg_get_wal_replay_pause_state()") == "paused")
        try:
            yield
        finally:
            self.on_replica("SELECT pg_wal_replay_resume()")


def _change_address(address: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict |= address


def _value(server: Postgres, statement: str, *values: Any) -> Any:
    address = {"host": str(server.socket_folder), "user": SUPERUSER, "dbname": DATABASE}
    # So that a commit sends all that was written before it to the replica.
    with psycopg.connect(**address, autocommit=True, options="-c synchronous_commit=on") as link:
        cursor = link.execute(statement.encode(), values or None)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def _copy_database(server: Postgres) -> None:
    """Copy the test's database, which has no rows behind walls, to a server."""
    programs, url = server._programs, environment()["DATABASE_URL"]
    options = ("--no-owner", "--no-comments", "--enable-row-security")
    dumped = _piped(programs / "pg_dump", *options, url)
    _piped(programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", server.url, given=dumped)


def _piped(*command: str | Path, given: bytes = b"") -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
