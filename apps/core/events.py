"""What happens to messages that go out, and to what administrators set."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event

SETTINGS_TOPIC = "settings"


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """A mail or a text message waits to be sent."""

    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class FilesDiscarded(Event):
    """Rows are gone for good, and the files that a column of theirs named can go too."""

    #: The model, such as "orders.OrderPhoto", and its column.
    model: str
    column: str
    files: list[str]


@dataclass(frozen=True, kw_only=True)
class SettingChanged(Event):
    """A setting was made, changed or deleted."""

    key: str

    def topics(self) -> list[str]:
        """That of what administrators set."""
        return [SETTINGS_TOPIC]


@dataclass(frozen=True, kw_only=True)
class AppVersionChanged(Event):
    """A release of an app was made, changed or deleted."""

    platform: str

    def topics(self) -> list[str]:
        """That of what administrators set."""
        return [SETTINGS_TOPIC]
