"""The figures as Markdown tables, and what they are to be."""

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from tests.load.fanout.resume import Resumed
from tests.load.fanout.run import Cell
from tests.load.fanout.servers import OURS

#: What is aimed at: milliseconds, and kilobytes.
P99, MEMORY = 150, 32

HEADS = (
    *("", "rooms of sockets", "said/s", "delivered/s", "lost", "doubled", "p50 ms", "p99 ms"),
    *("CPU µs", "of Node's", "PostgreSQL µs", "Valkey µs", "KB/socket", "idle CPU s/min"),
    "client's core",
)
RESUMED_HEADS = (
    *("", "sockets", "missed by each", "told of it after s", "lost", "doubled", "refused"),
)


def text(cells: Sequence[Cell], resumed: Sequence[Resumed]) -> str:
    """All tables."""
    tables = [
        (HEADS, (_row(cell, _node_of(cell, cells)) for cell in cells)),
        (RESUMED_HEADS, map(_resumed, resumed)),
        (("", *OURS), _aims(cells, resumed)),
    ]
    return "\n\n".join(_table(heads, rows) for heads, rows in tables)


def line(cell: Cell) -> str:
    """A line of the first table, by itself."""
    return _line(_row(cell, None))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ("---", *["---:"] * (len(heads) - 1)), *rows]
    return "\n".join(map(_line, lines))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(cell: Cell, node: Cell | None) -> list[str]:
    flow, rooms = cell.flow, cell.layout.rooms
    return [
        cell.kind,
        f"{len(rooms)} of {rooms[0].listeners:,}",
        f"{flow.said:.1f}",
        f"{flow.delivered:,.0f}",
        f"{flow.tally.lost}",
        f"{flow.tally.doubled + flow.tally.strayed}",
        f"{flow.wait(50):.1f}",
        f"{flow.wait(99):.1f}",
        f"{flow.micro(flow.cpu.server):.1f}",
        f"{_ratio(cell, node):.2f}" if node else "",
        f"{flow.micro(flow.cpu.postgres):.1f}",
        f"{flow.micro(flow.cpu.valkey):.1f}",
        f"{cell.rest.memory / 1024:.1f}",
        f"{cell.rest.cpu:.2f}",
        f"{100 * flow.cpu.client / flow.seconds:.0f} %",
    ]


def _resumed(found: Resumed) -> list[str]:
    return [
        found.kind,
        f"{found.listeners:,}",
        f"{found.missed}",
        f"{found.took:.2f}",
        f"{found.tally.lost}",
        f"{found.tally.doubled + found.tally.strayed}",
        f"{len(found.refusals)}",
    ]


def _aims(cells: Sequence[Cell], resumed: Sequence[Resumed]) -> Iterator[list[str]]:
    """Each aim, and the worst that each of our servers made of it."""
    tallies = [(c.kind, c.flow.tally) for c in cells] + [(r.kind, r.tally) for r in resumed]
    lost = [(kind, each.lost + each.doubled + each.strayed) for kind, each in tallies]
    ratios = [(cell.kind, _ratio(cell, node)) for cell in cells if (node := _node_of(cell, cells))]
    most = max(cell.layout.sockets for cell in cells)
    full = [cell for cell in cells if cell.layout.sockets == most]
    one_room = [(c.kind, c.flow.wait(99)) for c in full if len(c.layout.rooms) == 1]
    memory = [(c.kind, c.rest.memory / 1024) for c in full]
    yield ["lost or doubled: none", *_worst(lost, "{:.0f}")]
    yield ["CPU of a delivery ≤ Node's", *_worst(ratios, "{:.2f} times")]
    yield [f"p99 of {most:,} in one room ≤ {P99} ms", *_worst(one_room, "{:.0f} ms")]
    yield [f"{most:,} sockets ≤ {MEMORY} KB each", *_worst(memory, "{:.1f} KB")]


def _worst(figures: Sequence[tuple[str, float]], shown: str) -> list[str]:
    """The highest figure of each of our servers; nothing for one that was not measured."""
    found = [[figure for kind, figure in figures if kind == name] for name in OURS]
    return [shown.format(max(each)) if each else "" for each in found]


def _ratio(cell: Cell, other: Cell) -> float:
    mine, theirs = (each.flow.micro(each.flow.cpu.server) for each in (cell, other))
    return mine / theirs if theirs else inf


def _node_of(cell: Cell, cells: Sequence[Cell]) -> Cell | None:
    """What Node did under the same layout at the same rate."""
    same = [each for each in cells if (each.layout, each.rate) == (cell.layout, cell.rate)]
    return next((each for each in same if each.kind == "node"), None)
