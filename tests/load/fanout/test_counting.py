"""What the benchmark counts as lost, doubled, strayed and late."""

from pathlib import Path

import pytest

from tests.load.fanout.counting import Receipts, Sent, percentile, tally

#: The room that each of three sockets listens to.
ROOMS = [0, 0, 1]


def received(*rows: tuple[int, int, float]) -> Receipts:
    receipts = Receipts()
    for row in rows:
        receipts.note(*row)
    return receipts


def test_each_socket_is_to_have_each_message_of_its_room_once():
    sent = {7: Sent(room=0, at=10.0), 8: Sent(room=1, at=11.0)}

    found = tally(received((0, 7, 10.5), (1, 7, 10.25), (2, 8, 11.5)), sent, ROOMS)

    assert (found.expected, found.delivered, found.lost) == (3, 3, 0)
    assert (found.doubled, found.strayed) == (0, 0)
    assert found.waits == [0.5, 0.25, 0.5]


def test_what_a_socket_never_had_is_lost():
    sent = {7: Sent(room=0, at=10.0), 8: Sent(room=1, at=11.0)}

    found = tally(received((0, 7, 10.5)), sent, ROOMS)

    assert (found.expected, found.delivered, found.lost) == (3, 1, 2)


def test_a_second_copy_is_no_delivery():
    sent = {7: Sent(room=0, at=10.0)}

    found = tally(received((0, 7, 10.5), (0, 7, 12.0)), sent, ROOMS)

    assert (found.delivered, found.lost, found.doubled) == (1, 1, 1)
    assert found.waits == [0.5]


def test_a_message_of_another_room_strayed():
    sent = {8: Sent(room=1, at=11.0)}

    found = tally(received((0, 8, 11.5)), sent, ROOMS)

    assert (found.delivered, found.lost, found.strayed) == (0, 1, 1)


def test_messages_that_only_warmed_up_do_not_count():
    found = tally(received((0, 1, 9.0)), {}, ROOMS)

    assert (found.expected, found.delivered, found.lost, found.doubled) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 99, 5.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([float(n) for n in range(1, 101)], 99, 99.0),
        ([float(n) for n in range(1, 102)], 99, 100.0),
        ([float(n) for n in range(1, 101)], 100, 100.0),
    ],
)
def test_so_many_percent_of_the_values_are_no_higher(
    values: list[float], share: float, expected: float
):
    assert percentile(values, share) == expected


def test_receipts_come_out_of_a_file_as_they_went_in(tmp_path: Path):
    receipts = received((0, 7, 10.5), (2, 99_999_999, 0.125))

    receipts.save(tmp_path / "receipts")

    assert [*Receipts.load(tmp_path / "receipts")] == [(0, 7, 10.5), (2, 99_999_999, 0.125)]
