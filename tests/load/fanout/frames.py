"""WebSocket frames as far as a client needs them who expects whole ones, and means no harm."""

from collections.abc import Iterator

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frames(data: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """The complete frames in what a server sent, from a place on: what kind each is, and where what
    it says begins and ends. Raises ValueError for a message in parts.
    """
    end = len(data)
    while end - start >= 2:
        length = data[start + 1]
        begins = start + 2
        if length >= 126:
            begins += 2 if length == 126 else 8
            length = int.from_bytes(data[start + 2 : begins], "big")
        if begins + length > end:
            return
        kind = data[start] - 0x80
        if kind <= 0:
            raise ValueError("A message came in parts.")
        start = begins + length
        yield kind, begins, start


def frame(kind: int, payload: bytes) -> bytes:
    """A frame from a client, whose mask changes nothing."""
    length = len(payload)
    if length < 126:
        head = bytes([0x80 | kind, 0x80 | length])
    else:
        head = bytes([0x80 | kind, 0x80 | 126]) + length.to_bytes(2, "big")
    return head + bytes(4) + payload
