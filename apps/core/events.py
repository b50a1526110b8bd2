"""What happens to messages that go out."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """A mail or a text message waits to be sent."""

    message_id: UUID
