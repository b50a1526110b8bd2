"""What runs with room answers, fails and nests as it does without."""

import pytest

from kernel.frames import with_room


def depth(levels: int) -> int:
    return 1 + depth(levels - 1) if levels else 0


def test_it_answers_what_the_function_answers():
    assert with_room(lambda: with_room(lambda: depth(200))) == 200


def test_it_raises_what_the_function_raises():
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 // 0)


def test_calls_without_end_are_ended_as_ever():
    with pytest.raises(RecursionError):
        with_room(lambda: depth(1_000_000))
