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
        """The user's own: the sockets of their sessions look whether they may go on."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class MfaChanged(Event):
    """A user switched their second factor on or off."""

    user_id: UUID
    enabled: bool

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class EmailVerified(Event):
    """Somebody showed that an address is theirs; it is their account's."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class PhoneVerified(Event):
    """Somebody showed that a phone number is theirs; it is their profile's."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    """Somebody asked for a link by which to set a password anew.

    ``user_id`` is missing where no open account has the address: the log looks alike in both cases,
    and so does the time that it takes to write.
    """

    user_id: UUID | None
    language: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """An account has another password."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class UserEvent(Event):
    """Something happened to a user's account."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The user's own."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class ProfileUpdated(UserEvent):
    """A user told something else of themselves."""


@dataclass(frozen=True, kw_only=True)
class UserBlocked(UserEvent):
    """Staff shut an account."""


@dataclass(frozen=True, kw_only=True)
class UserUnblocked(UserEvent):
    """Staff opened an account again."""


@dataclass(frozen=True, kw_only=True)
class AccountDeleted(UserEvent):
    """A user closed their account; it can be restored until it is erased."""


@dataclass(frozen=True, kw_only=True)
class AccountRestored(UserEvent):
    """Staff brought back an account that was closed."""


@dataclass(frozen=True, kw_only=True)
class AccountErased(UserEvent):
    """What an account held of a person is gone for good: higher domains remove what they hold.

    The files are removed once this is committed, until it works.
    """

    photos: list[str]
    evidence: list[str]


@dataclass(frozen=True, kw_only=True)
class VerificationSubmitted(UserEvent):
    """A user wants something verified."""

    verification_id: UUID


@dataclass(frozen=True, kw_only=True)
class VerificationReviewed(UserEvent):
    """Staff decided what a user wanted verified."""

    verification_id: UUID
    verification_type: str
    approved: bool


@dataclass(frozen=True, kw_only=True)
class FriendshipEvent(Event):
    """Something happened between two users."""

    sender_id: UUID
    receiver_id: UUID

    def topics(self) -> list[str]:
        """Those of both."""
        return [f"user:{self.sender_id}", f"user:{self.receiver_id}"]


@dataclass(frozen=True, kw_only=True)
class FriendshipRequested(FriendshipEvent):
    """One user asked another to be friends."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class FriendshipAccepted(FriendshipEvent):
    """Two users became friends."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class FriendshipDeclined(FriendshipEvent):
    """A request was turned down, or taken back."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class FriendRemoved(FriendshipEvent):
    """Two users are friends no more; ``sender_id`` is who ended it."""
