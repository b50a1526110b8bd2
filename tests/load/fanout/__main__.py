"""Measure how messages fan out, by our servers and by Node's, on a database of its own.

python -m tests.load.fanout, by ``make load-fanout``: prints tables of its own.
"""

import argparse
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.load import __main__ as environment  # noqa: F401 - sets it before Django reads it

# isort: split
from tqdm import tqdm

from tests.load import data
from tests.load.fanout import table
from tests.load.fanout.resume import resume
from tests.load.fanout.run import Layout, Plan, measure
from tests.load.fanout.servers import KINDS, OURS
from tests.load.fanout.world import World

#: The open files that a server of thousands of sockets needs, and their client.
FILES = 10_000
#: Messages a second over all rooms, and the listeners to each where there are many rooms.
RATE, MEMBERS = 8, 10


def main() -> int:
    """Run it all, print the tables, and return the exit code."""
    options = _options()
    _allow_sockets()
    with data.empty_database(), TemporaryDirectory() as folder:
        print(_measure(options, Path(folder)))
    return 0


def _measure(options: argparse.Namespace, folder: Path) -> str:
    world = World(max(*options.sockets, MEMBERS * options.rooms, options.resume))
    layouts = [Layout(world.rooms(1, sockets), (RATE,)) for sockets in options.sockets]
    if options.rooms:
        layouts.append(Layout(world.rooms(options.rooms, MEMBERS), (RATE, 10 * RATE)))
    cells, resumed = [], []
    plan = Plan(options.seconds, options.idle)
    with tqdm(total=len(options.servers) * (len(layouts) + bool(options.resume))) as bar:
        for layout in layouts:
            for kind in options.servers:
                bar.set_description(f"{kind}, {layout.sockets:,} sockets")
                for cell in measure(kind, layout, world, plan, folder):
                    cells.append(cell)
                    bar.write(table.line(cell))
                bar.update()
        for kind in [each for each in options.servers if each in OURS and options.resume]:
            bar.set_description(f"{kind}, killed")
            (room,) = world.rooms(1, options.resume)
            found = resume(kind, room, world, folder)
            resumed.append(found)
            for reason in sorted(set(found.refusals)):
                bar.write(reason)
            bar.update()
    return table.text(cells, resumed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.load.fanout", description=__doc__)
    parser.add_argument("--servers", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--sockets", nargs="+", type=int, default=[100, 500, 2000])
    parser.add_argument("--rooms", type=int, default=200, help=f"of {MEMBERS} each; 0: none")
    parser.add_argument("--seconds", type=float, default=20.0, help="of talking")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds of silence")
    parser.add_argument("--resume", type=int, default=1000, help="who resume; 0: nobody")
    return parser.parse_args()


def _allow_sockets() -> None:
    """Let the processes to come have as many files open as they need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))


if __name__ == "__main__":
    sys.exit(main())
