"""One who follows a stream, and where their answers go."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from strawberry import Schema

from apps.accounts.access import viewer_of
from apps.accounts.tokens import AccessToken
from apps.core.models import EventRecord
from apps.core.selectors import Position, position_of
from kernel.viewer import Viewer
from schema.base.execution import Prepared
from schema.base.streams import Stream

BEGINNING = Position(-1, -1)


class Outlet(Protocol):
    """Where a listener's answers go: an operation of a socket, or a response that goes on."""

    @property
    def has_room(self) -> bool:
        """Whether it takes another answer."""

    async def room(self) -> None:
        """Wait until it does. Raises Stalled."""

    def next(self, payload: str) -> None:
        """Send an answer, as JSON."""

    def fail(self, error: BaseException) -> None:
        """End it, with the reason."""


@dataclass(eq=False, slots=True)
class Listener:
    """One who follows a stream: who they are, what they want to know, and where to tell it."""

    schema: Schema
    prepared: Prepared
    variables: dict[str, Any] | None
    stream: Stream
    claims: AccessToken | None
    request_id: str
    ip_address: str | None
    outlet: Outlet
    #: Up to where everything was told.
    position: Position = BEGINNING
    mark: Any = None
    coming_back: asyncio.Task[None] | None = None
    #: Whether what they are shown is written down, as it is of staff: then all of it is read by
    #: themselves.
    is_noted: bool = False

    def viewer(self) -> Viewer:
        """Who listens, looked up anew. Raises InvalidAccessToken."""
        return viewer_of(self.claims, request_id=self.request_id, ip_address=self.ip_address)

    @property
    def goes_by(self) -> tuple[UUID | None, str | None]:
        """The key of their user, and the address that they ask from."""
        return self.claims and self.claims.user_id, self.ip_address

    def is_new(self, record: EventRecord) -> bool:
        """Whether a fact was not told yet; what is kept nowhere always is new."""
        return record.pk is None or position_of(record) > self.position
