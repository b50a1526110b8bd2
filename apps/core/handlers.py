"""What is done about facts."""

from apps.core.events import FilesDiscarded, MessageQueued
from apps.core.services import cleanup
from apps.core.tasks import send_messages
from kernel.events import on


@on(MessageQueued)
def send_queued_message(_fact: MessageQueued) -> None:
    """Wake the senders. The handler itself runs in a transaction, in which nobody waits for what
    lies outside.
    """
    send_messages.delay()


@on(FilesDiscarded)
def remove_files(fact: FilesDiscarded) -> None:
    """Remove the files of rows that are gone."""
    cleanup.remove_files(model=fact.model, column=fact.column, files=fact.files)
