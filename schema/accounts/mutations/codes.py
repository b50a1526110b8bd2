"""Showing that an address or a phone number is one's own."""

import strawberry

from apps.accounts.services import verification_codes
from schema.accounts.languages import accepted_languages
from schema.accounts.types.codes import CodeSent, code_sent
from schema.accounts.types.users import User, UserProfile
from schema.base.context import Info
from schema.base.gates import Fresh, SignedIn
from schema.base.limits import Limit
from schema.base.mutation import mutation


@strawberry.input(description="What asking for a code by mail takes.")
class RequestEmailVerificationInput:
    """An address."""

    email: str | None = strawberry.field(
        default=None,
        description="Another address for the account to move to; needs a fresh sign-in or stepUp.",
    )


@strawberry.input(description="What verifying an address takes.")
class VerifyEmailInput:
    """A code that was mailed."""

    code: str = strawberry.field(description="The six digits that were mailed last.")


@strawberry.input(description="What asking for a code by text message takes.")
class RequestPhoneVerificationInput:
    """A number."""

    phone_number: str = strawberry.field(
        description="A mobile phone's number, international or as the platform's country writes it."
    )


@strawberry.input(description="What verifying a phone number takes.")
class VerifyPhoneInput:
    """A code that was texted."""

    code: str = strawberry.field(description="The six digits that were texted last.")


@strawberry.type
class CodesMutation:
    """Mutations of verification codes."""

    @mutation(
        gate=SignedIn,
        description="Have a code mailed, to verify one's address or to move to another one.",
        limit=Limit("CODE"),
    )
    def request_email_verification(
        self, info: Info, input: RequestEmailVerificationInput
    ) -> CodeSent:
        """Have a code mailed."""
        viewer = info.context.viewer
        if input.email is not None:
            Fresh.check(viewer)
        return code_sent(
            verification_codes.request_email_verification(
                user=viewer.user, email=input.email, language=accepted_languages(info.context)
            )
        )

    @mutation(
        gate=SignedIn,
        description="Verify an address by the code mailed to it: it is the account's from then on.",
        own_transactions=True,
        limit=Limit("CODE"),
    )
    def verify_email(self, info: Info, input: VerifyEmailInput) -> User:
        """Verify an address."""
        return verification_codes.verify_email(viewer=info.context.viewer, code=input.code)

    @mutation(
        gate=SignedIn,
        description="Have a code texted to a mobile phone, to verify its number.",
        limit=Limit("CODE"),
    )
    def request_phone_verification(
        self, info: Info, input: RequestPhoneVerificationInput
    ) -> CodeSent:
        """Have a code texted."""
        return code_sent(
            verification_codes.request_phone_verification(
                user=info.context.viewer.user,
                phone_number=input.phone_number,
                language=accepted_languages(info.context),
            )
        )

    @mutation(
        gate=SignedIn,
        description="Verify a phone number by the code that was texted to it.",
        own_transactions=True,
        limit=Limit("CODE"),
    )
    def verify_phone(self, info: Info, input: VerifyPhoneInput) -> UserProfile:
        """Verify a phone number."""
        return verification_codes.verify_phone(viewer=info.context.viewer, code=input.code)
