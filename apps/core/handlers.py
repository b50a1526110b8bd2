"""What is done about facts."""

from apps.core.events import MessageQueued
from apps.core.tasks import send_messages
from kernel.events import on


@on(MessageQueued)
def send_queued_message(_fact: MessageQueued) -> None:
    """Wake the senders. The handler itself runs in a transaction, in which nobody waits for what
    lies outside.
    """
    send_messages.delay()
