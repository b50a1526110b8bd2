"""Measure the API beside the same answers made by raw ASGI and one SQL statement each.

Both run under uvicorn as the Procfile does, one process each, on a database of the benchmark's
own with the demo data. Its answers are compared before anything is measured.
"""

import base64
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# The settings read the environment, once: these of production, where nothing is checked for
# changes and no debugging aid is on.
os.environ.update(
    {
        "ENVIRONMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ENCRYPTION_KEYS": f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "false",
        # Nobody is held back here: what is measured is the work.
        **{f"RATE_COST_{whose}": "1000000000/1" for whose in ("USER", "ORGANIZATION", "ADDRESS")},
        "CHANNEL_PREFIX": "fundi-load",
        "DJANGO_SETTINGS_MODULE": "server.settings",
    }
)

import django

django.setup()

import httpx  # noqa: E402
import orjson  # noqa: E402
from django.db import connection  # noqa: E402
from psycopg.conninfo import make_conninfo  # noqa: E402
from tqdm import tqdm  # noqa: E402

from tests.load import data, report  # noqa: E402
from tests.load.cases import Ask, Case  # noqa: E402
from tests.load.measuring import Cell, LoadError, Target, measure  # noqa: E402
from tests.support.server import Server  # noqa: E402

CLIENTS = (1, 16, 64)
CELLS = 4 * len(CLIENTS) * 2


def main() -> int:
    """Run it all and return the exit code."""
    with data.demo_database() as database, tqdm(total=CELLS, unit="cell") as bar:
        # The bids come last, for they need tens of thousands of orders more.
        rows = [
            row for cases in (data.reads, data.bids) for row in _measure_all(cases(), database, bar)
        ]
        figures = report.text(rows)
    print(figures)
    report.write(figures)
    return 0


@contextmanager
def _servers(cases: Sequence[Case], database: str, folder: Path) -> Iterator[tuple[Target, Target]]:
    """Our server and the raw one, killed after the block."""
    viewers = folder / "viewers.json"
    viewers.write_bytes(orjson.dumps(data.users_by_token(cases)))
    more = {"LOAD_VIEWERS": str(viewers), "LOAD_CONNINFO": _conninfo(), "ENVIRONMENT": "production"}
    servers: list[Server] = []
    try:
        servers.append(Server(log=folder / "ours.log", env=more))
        servers.append(
            Server(log=folder / "raw.log", application="tests.load.raw:application", env=more)
        )
        ours, raw = (Target(each.port, each.popen.pid, database) for each in servers)
        yield ours, raw
    except LoadError:
        for server in servers:
            print(server.log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        for server in servers:
            server.kill()


def _conninfo() -> str:
    """The database as libpq names it, in whichever form DATABASE_URL has it."""
    names = ("dbname", "user", "password", "host", "port", "sslmode")
    found = connection.get_connection_params()
    return make_conninfo(**{name: found[name] for name in names if found.get(name)})


def _compare(case: Case, ours: Target, raw: Target) -> None:
    """Raise LoadError unless both give the same answer; a mutation's are asked for two rows."""
    answers = [
        _ask(target, case, case.asks.pop() if case.once else case.asks[0]) for target in (ours, raw)
    ]
    if case.once:
        answers = [_without_identity(answer) for answer in answers]
    if answers[0] != answers[1]:
        raise LoadError(f"{case.name} differs:\n{answers[0]}\n{answers[1]}")


def _ask(target: Target, case: Case, ask: Ask) -> Any:
    answer = httpx.post(
        f"http://127.0.0.1:{target.port}/graphql/",
        json=case.body(ask),
        headers={"Authorization": f"Bearer {ask.token}"},
    )
    if answer.status_code != 200 or '"errors"' in answer.text:
        raise LoadError(f"{case.name}: {answer.status_code} {answer.text}")
    return answer.json()


def _without_identity(answer: Any) -> Any:
    """The answer of a mutation without what differs from row to row."""
    bid = dict(answer["data"]["placeBid"])
    del bid["id"], bid["createdAt"], bid["order"]["id"]
    return bid


def _measure_all(cases: Sequence[Case], database: str, bar: "tqdm[Any]") -> list[str]:
    """The table's rows of these cases, measured on servers that begin anew."""
    with (
        TemporaryDirectory() as folder,
        _servers(cases, database, Path(folder)) as (ours, raw),
    ):
        for case in cases:
            _compare(case, ours, raw)
        return [_row(case, clients, ours, raw, bar) for case in cases for clients in CLIENTS]


def _row(case: Case, clients: int, ours: Target, raw: Target, bar: "tqdm[Any]") -> str:
    cells = []
    for name, target in (("ours", ours), ("raw", raw)):
        bar.set_description(f"{case.name}, {clients} clients, {name}")
        cells.append(_measure(case, clients, target))
        bar.update()
    return report.row(case, clients, *cells)


def _measure(case: Case, clients: int, target: Target) -> Cell:
    cell = measure(case, case.asks, clients=clients, target=target)
    if case.once:
        del case.asks[: cell.sent]
    return cell


if __name__ == "__main__":
    sys.exit(main())
