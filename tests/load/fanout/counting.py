"""What arrived of what was sent: nothing may be missing, and nothing come twice."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sent:
    """A message: the room that it was said in, and the moment of its commit."""

    room: int
    at: float


@dataclass(frozen=True, slots=True)
class Receipts:
    """Which socket received which message when: a column for each."""

    sockets: "array[int]" = field(default_factory=lambda: array("i"))
    messages: "array[int]" = field(default_factory=lambda: array("i"))
    times: "array[float]" = field(default_factory=lambda: array("d"))

    def note(self, socket: int, message: int, at: float) -> None:
        """Add one."""
        self.sockets.append(socket)
        self.messages.append(message)
        self.times.append(at)

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[tuple[int, int, float]]:
        return zip(self.sockets, self.messages, self.times, strict=True)

    def save(self, path: Path) -> None:
        """Write them into a file, for another process."""
        path.write_bytes(b"".join((self.sockets, self.messages, self.times)))

    @classmethod
    def load(cls, path: Path) -> "Receipts":
        """Read what ``save`` wrote."""
        found, data = cls(), memoryview(path.read_bytes())
        columns = (found.sockets, found.messages, found.times)
        count = len(data) // sum(column.itemsize for column in columns)
        for column in columns:
            column.frombytes(data[: count * column.itemsize])
            data = data[count * column.itemsize :]
        return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How messages reached the sockets of their rooms."""

    expected: int
    #: Seconds from the commit to the receipt, of each first delivery.
    waits: list[float]
    doubled: int
    #: Messages that came to sockets of other rooms.
    strayed: int

    @property
    def delivered(self) -> int:
        """Messages that reached a socket, each counted once for it."""
        return len(self.waits)

    @property
    def lost(self) -> int:
        """Messages that never reached a socket which was to have them."""
        return self.expected - self.delivered


def tally(receipts: Receipts, sent: Mapping[int, Sent], rooms: Sequence[int]) -> Tally:
    """Hold what arrived against what was sent; ``rooms`` says which one each socket listens to.

    Receipts of messages that are not among those sent do not count.
    """
    audience = Counter(rooms)
    waits, seen, doubled, strayed = [], set(), 0, 0
    for socket, message, at in receipts:
        if message not in sent:
            continue
        if sent[message].room != rooms[socket]:
            strayed += 1
        elif (socket, message) in seen:
            doubled += 1
        else:
            seen.add((socket, message))
            waits.append(at - sent[message].at)
    expected = sum(audience[message.room] for message in sent.values())
    return Tally(expected, waits, doubled, strayed)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    return sorted(values)[ceil(share / 100 * len(values)) - 1]
