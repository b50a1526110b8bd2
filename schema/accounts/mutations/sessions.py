"""Opening accounts and sessions."""

from typing import cast
from uuid import UUID

import strawberry
from strawberry import relay

from apps.accounts import access, models
from apps.accounts.services import accounts, sessions, sign_in
from schema.accounts.types.sessions import (
    AuthPayload,
    MfaRequired,
    auth_payload,
    sign_in_payload,
)
from schema.accounts.types.users import UserType
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import Anyone, SignedIn
from schema.base.ids import key
from schema.base.limits import Limit
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


@strawberry.input(description="What going on with a sign-in takes.")
class VerifyMfaInput:
    """A second factor."""

    challenge: str = strawberry.field(description="That of the MfaRequired which signIn answered.")
    code: str = strawberry.field(description="Of the authenticator app, or a recovery code.")


@strawberry.input(description="What showing again who one is takes.")
class StepUpInput:
    """A password, or a second factor."""

    password: str = strawberry.field(
        default="", description="The account's password, where it has no second factor."
    )
    code: str = strawberry.field(
        default="", description="Of the authenticator app, or a recovery code, where it has."
    )


@strawberry.input(description="What ending a session takes.")
class RevokeSessionInput:
    """A session."""

    id: relay.GlobalID = strawberry.field(description="One of the caller's own.")


@strawberry.type
class SessionsMutation:
    """Mutations of sessions."""

    @mutation(
        gate=Anyone,
        description="Open an account and sign in.",
        own_transactions=True,
        limit=Limit("SIGN_UP", account=lambda given: given.email),
    )
    def sign_up(self, info: Info, input: SignUpInput) -> AuthPayload:
        """Open an account and sign in."""
        user = accounts.new_user(
            email=input.email,
            password=input.password,
            first_name=input.first_name,
            last_name=input.last_name,
            user_type=input.user_type,
        )
        context = info.context
        return auth_payload(
            accounts.sign_up_and_in(user=user, viewer=context.viewer, user_agent=context.user_agent)
        )

    @mutation(
        gate=Anyone,
        description="Sign in. Who has a second factor is asked for it: go on by verifyMfa.",
        own_transactions=True,
        limit=Limit("SIGN_IN", account=lambda given: given.email),
    )
    def sign_in(self, info: Info, input: SignInInput) -> AuthPayload | MfaRequired:
        """Sign in."""
        return sign_in_payload(
            sign_in.sign_in(
                email=input.email,
                password=input.password,
                viewer=info.context.viewer,
                user_agent=info.context.user_agent,
            )
        )

    @mutation(
        gate=Anyone,
        description="Go on with a sign-in by its second factor.",
        own_transactions=True,
        limit=Limit("SIGN_IN"),
    )
    def verify_mfa(self, info: Info, input: VerifyMfaInput) -> AuthPayload:
        """Go on with a sign-in."""
        return auth_payload(
            sign_in.verify_mfa(
                challenge=input.challenge,
                code=input.code,
                viewer=info.context.viewer,
                user_agent=info.context.user_agent,
            )
        )

    @mutation(
        gate=SignedIn,
        description="Show again who one is, for what asks for a fresh proof of it.",
        own_transactions=True,
        limit=Limit("SIGN_IN"),
    )
    def step_up(self, info: Info, input: StepUpInput) -> Done:
        """Show again who one is."""
        sign_in.step_up(viewer=info.context.viewer, password=input.password, code=input.code)
        return Done()

    @mutation(
        gate=Anyone,
        description="Trade a refresh token for new tokens.",
        own_transactions=True,
        limit=Limit("REFRESH"),
    )
    def refresh_session(self, info: Info, input: RefreshSessionInput) -> AuthPayload:
        """Trade a refresh token for new tokens."""
        return auth_payload(
            sessions.refresh_session(
                refresh_token=input.refresh_token,
                viewer=info.context.viewer,
                user_agent=info.context.user_agent,
            )
        )

    @mutation(gate=SignedIn, description="End the session that the caller is signed in by.")
    def sign_out(self, info: Info) -> Done:
        """End the current session."""
        sessions.end_session(session_id=cast("UUID", info.context.viewer.session_id))
        return Done()

    @mutation(gate=SignedIn, description="End all sessions of the caller, this one too.")
    def sign_out_everywhere(self, info: Info) -> Done:
        """End all sessions."""
        sessions.revoke_sessions(user_id=cast("UUID", info.context.viewer.user_id))
        return Done()

    @mutation(gate=SignedIn, description="End one of the caller's sessions.")
    def revoke_session(self, info: Info, input: RevokeSessionInput) -> Done:
        """End a session."""
        session = access.session_of(info.context.viewer, key(input.id, of=models.Session))
        sessions.revoke_session(session=session)
        return Done()
