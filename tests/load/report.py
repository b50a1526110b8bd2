"""The figures as a Markdown table, and their place in the documentation."""

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version

from django.db import connection
from django.utils import timezone

from tests.load.cases import Case
from tests.load.measuring import SECONDS, WARM_UP, Cell
from tests.support.server import ROOT

PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- make load writes from here -->", "<!-- to here -->"
PACKAGES = ("strawberry-graphql", "strawberry-graphql-django", "Django", "uvicorn", "psycopg")

HEAD = (
    "| | clients | req/s | p50 ms | p99 ms | CPU ms | SQL ms"
    " | raw req/s | raw p50 | raw p99 | raw CPU | raw SQL | CPU ours/raw |\n"
    "|---|" + "---:|" * 12
)


def row(case: Case, clients: int, ours: Cell, raw: Cell) -> str:
    """A line of the table."""
    cells = [case.name, str(clients), *_figures(ours), *_figures(raw)]
    return f"| {' | '.join(cells)} | {ours.server / raw.server:.0f} |"


def _figures(cell: Cell) -> list[str]:
    postgres = "" if cell.postgres is None else f"{cell.postgres:.2f}"
    return [
        f"{cell.per_second:,.0f}",
        f"{cell.p50:.1f}",
        f"{cell.p99:.1f}",
        f"{cell.server:.2f}",
        postgres,
    ]


def text(rows: Sequence[str]) -> str:
    """The table, and the machine that it was measured on."""
    return "\n".join([HEAD, *rows, "", _machine()])


def write(figures: str) -> None:
    """Put the figures into the documentation, between their marks."""
    before, begin, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} must have the lines {BEGIN} and {END}.")
    PAGE.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}")


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{timezone.now():%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}) for server,"
        f" database and clients together, Python {sys.version.split()[0]},"
        f" PostgreSQL {postgres}, {packages}."
        f" Each line: {WARM_UP:.0f} s of warm-up, then {SECONDS:.0f} s."
    )
