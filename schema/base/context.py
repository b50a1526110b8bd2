"""What a running operation knows: its viewer, its request, its document."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import DocumentNode

from apps.accounts.tokens import AccessToken
from kernel.viewer import VISITOR, Viewer
from schema.base.stop import Stop

#: What an operation costs, whatever it asks.
OPERATION_COST = 1

if TYPE_CHECKING:
    from schema.base.public import PublicAnswers


@dataclass(slots=True)
class Context:
    """Made anew for each operation, also on a socket that lives for hours."""

    request_id: str
    #: What the access token said; None for visitors.
    claims: AccessToken | None = None
    ip_address: str | None = None
    user_agent: str = ""
    viewer: Viewer = VISITOR
    document: DocumentNode | None = None
    #: Answers that are the same for all, where the server remembers them.
    public: "PublicAnswers | None" = None
    #: The transaction in which a mutation's payload is read; closed after its last field.
    payload: ExitStack = field(default_factory=ExitStack)
    #: Pays for running it. Raises RateLimited.
    pay: Callable[[], None] = lambda: None
    #: What it came to so far, in points of cost.
    cost: int = OPERATION_COST
    #: What ends the operation, where it has to end in time.
    stop: Stop | None = None
    # What strawberry-django's helpers look for.
    request: Any = None
    response: Any = None


Info = strawberry.Info[Context, None]
