"""Signing in by Firebase."""

import strawberry

from apps.accounts.services import firebase
from schema.accounts.types.sessions import AuthPayload, MfaRequired, sign_in_payload
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.limits import Limit
from schema.base.mutation import mutation


@strawberry.input(description="What signing in by Firebase takes.")
class SignInWithFirebaseInput:
    """What Firebase says of somebody."""

    id_token: str = strawberry.field(
        description="Firebase's ID token, as its client library has it."
    )


@strawberry.type
class FirebaseMutation:
    """Mutations of sign-ins by Firebase."""

    @mutation(
        gate=Anyone,
        description="Sign in as a Firebase user. At first that is linked to the account of the "
        "verified address, or an account is opened.",
        own_transactions=True,
        limit=Limit("SIGN_IN"),
    )
    def sign_in_with_firebase(
        self, info: Info, input: SignInWithFirebaseInput
    ) -> AuthPayload | MfaRequired:
        """Sign in as a Firebase user."""
        return sign_in_payload(
            firebase.sign_in_with_firebase(
                id_token=input.id_token,
                viewer=info.context.viewer,
                user_agent=info.context.user_agent,
            )
        )
