"""How the benchmark's client reads and writes frames."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tests.load.fanout.frames import PING, TEXT, frame, frames


def served(*payloads: bytes) -> bytes:
    return b"".join(Frame(Opcode.TEXT, each).serialize(mask=False) for each in payloads)


def read(data: bytes, start: int = 0) -> list[tuple[int, bytes]]:
    return [(kind, data[begins:ends]) for kind, begins, ends in frames(data, start)]


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_frames_of_all_lengths_are_read(length: int):
    data = served(b"a" * length, b"next")

    assert read(data) == [(TEXT, b"a" * length), (TEXT, b"next")]


@pytest.mark.parametrize("length", [0, 200, 70_000])
def test_a_frame_that_has_not_all_come_is_left(length: int):
    data = served(b"whole", b"a" * length)

    cut = [read(data[:-missing]) for missing in (1, len(data) - len(served(b"whole")))]

    assert cut == [[(TEXT, b"whole")]] * 2


def test_reading_begins_where_it_is_told_to():
    data = b"HTTP/1.1 101\r\n\r\n" + served(b"first")

    assert read(data, data.index(b"\x81")) == [(TEXT, b"first")]


def test_a_ping_is_told_from_a_text():
    assert read(Frame(Opcode.PING, b"~~~~").serialize(mask=False)) == [(PING, b"~~~~")]


def test_a_message_in_parts_is_refused():
    with pytest.raises(ValueError, match="in parts"):
        read(Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=False))


@pytest.mark.parametrize("length", [0, 125, 126, 2_000])
def test_a_server_reads_what_the_client_writes(length: int):
    reader = StreamReader()
    reader.feed_data(frame(TEXT, b"a" * length))

    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as done:
        next(parsing)

    assert (done.value.value.opcode, done.value.value.data) == (Opcode.TEXT, b"a" * length)
