"""What happens to accounts."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class UserSignedUp(Event):
    """Somebody opened an account."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A session ended before its time."""

    user_id: UUID
    session_id: UUID

    def topics(self) -> list[str]:
        """The session's own."""
        return [f"session:{self.session_id}"]
