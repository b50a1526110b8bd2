"""What signing in answers, and the sessions that it starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import strawberry
import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.accounts import models
from apps.accounts.access import viewer_of_token
from apps.accounts.services.sessions import SecondFactorNeeded, SignedIn
from kernel.viewer import Viewer, acting_as
from schema.accounts.types.users import User
from schema.base.context import Context, Info
from schema.base.looks import noting_looks
from schema.base.nodes import fetch
from schema.base.types import Node, holds


@strawberry.type(description="A signed-in user with the tokens that prove it.")
class AuthPayload:
    """What signing up, signing in and refreshing answer."""

    user_id: strawberry.Private[UUID]
    access_token: str = strawberry.field(description="To be sent as a bearer token.")
    refresh_token: str = strawberry.field(description="To be traded once for the next tokens.")
    expires_in: int = strawberry.field(description="Seconds that the access token is good for.")

    @strawberry.field(description="Who is signed in.")
    def user(self, info: Info) -> User:
        """The user as they see themselves: what is below is read as the token's viewer."""
        viewer = viewer_of_token(self.access_token, request_id=info.context.request_id)
        info.context.payload.enter_context(_seen_by(viewer, info.context))
        return fetch(models.User, self.user_id, info)


@strawberry.type(description="A sign-in that waits for its second factor: call verifyMfa.")
class MfaRequired:
    """What signing in answers to those with a second factor."""

    challenge: str = strawberry.field(description="To be given to verifyMfa, which takes it once.")
    expires_in: int = strawberry.field(description="Seconds that it is good for.")


def is_current(viewer: Viewer) -> Q:
    """The session that the caller is signed in by."""
    return Q(pk=viewer.session_id)


@strawberry_django.type(models.Session)
class Session(Node):
    """A device that the user is signed in on."""

    user_agent: auto
    ip_address: auto
    last_used_at: auto
    expires_at: auto
    created_at: auto
    is_current = holds(is_current, description="Whether the caller is signed in by it.")


@contextmanager
def _seen_by(viewer: Viewer, context: Context) -> Iterator[None]:
    """Read as another viewer, until the payload that this is entered for is read."""
    before, context.viewer = context.viewer, viewer
    try:
        with acting_as(viewer), noting_looks(viewer):
            yield
    finally:
        context.viewer = before


def sign_in_payload(outcome: SignedIn | SecondFactorNeeded) -> AuthPayload | MfaRequired:
    """What a sign-in came to, as clients see it."""
    if isinstance(outcome, SecondFactorNeeded):
        return MfaRequired(challenge=outcome.challenge, expires_in=outcome.expires_in)
    return auth_payload(outcome)


def auth_payload(tokens: SignedIn) -> AuthPayload:
    """What started or went on with a session, as clients see it."""
    return AuthPayload(
        user_id=tokens.user.pk,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
    )
