"""What asking for a code answers."""

import strawberry

from apps.accounts.services import verification_codes


@strawberry.type(description="A code is on its way.")
class CodeSent:
    """How long a code is good for, and when another one can be asked for."""

    expires_in: int = strawberry.field(description="Seconds that the code is good for.")
    resend_in: int = strawberry.field(description="Seconds until another one can be asked for.")


def code_sent(sent: verification_codes.CodeSent) -> CodeSent:
    """A code that was sent, as clients see it."""
    return CodeSent(expires_in=sent.expires_in, resend_in=sent.resend_in)
