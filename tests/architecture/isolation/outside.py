"""What leaves the server by other ways than an answer: mails, messages, lines of the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core import mail

from apps.core.models import OutboundMessage
from kernel.viewer import SYSTEM, acting_as
from tests.architecture.isolation.world import World

#: Who has an address that is nobody's in the world.
NEWCOMER = "a newcomer"


@contextmanager
def sent() -> Iterator[list[tuple[set[str], str]]]:
    """What the block mails or has queued: to which addresses, and all of its text."""
    messages: list[tuple[set[str], str]] = []
    before = len(getattr(mail, "outbox", [])), {message.pk for message in _queued()}
    yield messages
    for letter in getattr(mail, "outbox", [])[before[0] :]:
        messages.append((set(letter.recipients()), f"{letter.subject} {letter.message()}"))
    for message in _queued():
        if message.pk not in before[1]:
            messages.append(({message.recipient}, " ".join(_texts(message))))


def _queued() -> list[OutboundMessage]:
    with acting_as(SYSTEM):
        return list(OutboundMessage._base_manager.all())


def _texts(message: Any) -> list[str]:
    return [str(getattr(message, name, "")) for name in ("subject", "text", "html")]


def leaks_of_messages(
    world: World, messages: list[tuple[set[str], str]], cause: str, told: frozenset[str]
) -> Iterator[str]:
    """What messages tell to whom it does not belong; ``told`` are columns that newcomers read."""
    for addresses, text in messages:
        readers = {mark for address in addresses for mark in _owners(world, address)}
        for reader in readers or {NEWCOMER}:
            for leak in world.seen(reader, text):
                if reader != NEWCOMER or leak.partition(" ")[0] not in told:
                    yield f"{cause} sends {leak} to {reader}"


def _owners(world: World, address: str) -> set[str]:
    """Whose address it is: it holds a canary."""
    rows = {world.row_of(mark) for mark in world.canaries.found(address)}
    return {owner for row in rows for owner in world.owners.get(row, ())}


class Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with what stands beside its sentence."""
        self.lines.append(self.format(record))


@contextmanager
def logged() -> Iterator[list[str]]:
    """The lines that the block logs."""
    handler = Lines()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.lines
    finally:
        logging.getLogger().removeHandler(handler)


def leaks_of_log(world: World, lines: list[str]) -> list[str]:
    """Canaries in lines of a log, which tell of nobody: keys may stand there, values may not."""
    return sorted(
        f"The log tells {mark} in: {line[:200]}"
        for line in lines
        for mark in world.canaries.found(line)
        if mark.column != "id"
    )
