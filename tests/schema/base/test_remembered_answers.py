"""Which public answers a process remembers."""

import asyncio
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from strawberry.types.execution import ExecutionResult

from kernel.viewer import VISITOR
from schema.base.public import MOST_BYTES, PublicAnswers


def _runs(data: dict[str, Any], *asked: tuple[str, dict[str, Any] | None]) -> int:
    """How often a process that hears of changes has to make an answer anew."""
    runs = 0

    def run() -> ExecutionResult:
        nonlocal runs
        runs += 1
        return ExecutionResult(data=data, errors=None)

    async def ask() -> None:
        answers = PublicAnswers()
        for ready in answers._ready:
            ready.set()
        for text, variables in asked:
            assert answers.answer(VISITOR, text, None, variables, run).data == data
        for listener in answers._listening:
            listener.cancel()

    asyncio.run(ask())
    return runs


def test_the_same_question_is_answered_once():
    asked = ("{ a }", {"first": 1, "after": "x"}), ("{ a }", {"after": "x", "first": 1})

    assert _runs({"a": 1}, *asked) == 1
    assert _runs({"a": 1}, *asked, ("{ a }", {"first": 2}), ("{ b }", None)) == 3


@pytest.mark.parametrize(("letters", "runs"), [(MOST_BYTES // 2, 1), (MOST_BYTES, 3)])
def test_a_very_long_answer_is_not_remembered(letters: int, runs: int):
    assert _runs({"a": "x" * letters}, *[("{ a }", None)] * 3) == runs


def test_a_question_with_a_file_is_answered_each_time():
    asked = "query($file: Upload) { a }", {"file": SimpleUploadedFile("a.txt", b"?")}

    assert _runs({"a": 1}, asked, asked) == 2


def test_long_questions_are_told_apart_without_being_kept():
    async def keys() -> list[bytes]:
        answers = PublicAnswers()
        for ready in answers._ready:
            ready.set()
        for end in "ab":
            text = "{ a }" + " " * 100_000 + end
            answers.answer(VISITOR, text, None, None, lambda: ExecutionResult({"a": 1}, None))
        for listener in answers._listening:
            listener.cancel()
        return list(answers._answers)

    assert [len(key) for key in asyncio.run(keys())] == [32, 32]
