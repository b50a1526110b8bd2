"""Opening accounts and sessions."""

from typing import cast
from uuid import UUID

import strawberry

from apps.accounts.services import accounts, sessions
from apps.accounts.services.sessions import SignedIn as Tokens
from schema.accounts.types import AuthPayload, Done, UserType
from schema.base.context import Info
from schema.base.gates import Anyone, SignedIn
from schema.base.mutation import mutation


@strawberry.input(description="What opening an account takes.")
class SignUpInput:
    """An account's beginnings."""

    email: str = strawberry.field(description="The address to sign in with.")
    password: str = strawberry.field(description="At least eight characters, not a common one.")
    first_name: str = strawberry.field(default="", description="The given name.")
    last_name: str = strawberry.field(default="", description="The family name.")
    user_type: UserType = strawberry.field(
        default=UserType.CLIENT, description="The hat to begin with."
    )


@strawberry.input(description="What signing in takes.")
class SignInInput:
    """Credentials."""

    email: str = strawberry.field(description="The account's address.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="What refreshing a session takes.")
class RefreshSessionInput:
    """A refresh token."""

    refresh_token: str = strawberry.field(description="The newest one of the session.")


def _payload(tokens: Tokens) -> AuthPayload:
    return AuthPayload(
        user_id=tokens.user.pk,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
    )


@strawberry.type
class AccountsMutation:
    """Mutations of accounts."""

    @mutation(gate=Anyone, description="Open an account and sign in.")
    def sign_up(self, info: Info, input: SignUpInput) -> AuthPayload:
        """Open an account and sign in."""
        user = accounts.sign_up(
            email=input.email,
            password=input.password,
            first_name=input.first_name,
            last_name=input.last_name,
            user_type=input.user_type,
        )
        context = info.context
        return _payload(
            sessions.start_session(
                user=user, ip_address=context.ip_address, user_agent=context.user_agent
            )
        )

    @mutation(gate=Anyone, description="Sign in.", own_transactions=True)
    def sign_in(self, info: Info, input: SignInInput) -> AuthPayload:
        """Sign in."""
        return _payload(
            sessions.sign_in(
                email=input.email,
                password=input.password,
                ip_address=info.context.ip_address,
                user_agent=info.context.user_agent,
            )
        )

    @mutation(
        gate=Anyone, description="Trade a refresh token for new tokens.", own_transactions=True
    )
    def refresh_session(self, info: Info, input: RefreshSessionInput) -> AuthPayload:
        """Trade a refresh token for new tokens."""
        return _payload(sessions.refresh_session(refresh_token=input.refresh_token))

    @mutation(gate=SignedIn, description="End the session that the caller is signed in by.")
    def sign_out(self, info: Info) -> Done:
        """End the current session."""
        sessions.end_session(session_id=cast("UUID", info.context.viewer.session_id))
        return Done()
