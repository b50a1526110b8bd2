"""Setting passwords."""

import strawberry

from apps.accounts.services import passwords
from schema.accounts.languages import accepted_languages
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import Anyone, SignedIn
from schema.base.limits import Limit
from schema.base.mutation import mutation


@strawberry.input(description="What asking for a link to set a password anew takes.")
class RequestPasswordResetInput:
    """An address."""

    email: str = strawberry.field(description="The account's address.")


@strawberry.input(description="What setting a password by a link takes.")
class ResetPasswordInput:
    """A token and a password."""

    token: str = strawberry.field(description="The token of the link that was mailed.")
    new_password: str = strawberry.field(description="At least eight characters, not a common one.")


@strawberry.input(description="What changing a password takes.")
class ChangePasswordInput:
    """The present password and the next."""

    current_password: str = strawberry.field(description="The present password.")
    new_password: str = strawberry.field(description="At least eight characters, not a common one.")


@strawberry.type
class PasswordsMutation:
    """Mutations of passwords."""

    @mutation(
        gate=Anyone,
        description="Have a link mailed by which the password is set anew. The answer is the same "
        "whether there is such an account or not.",
        limit=Limit("RESET", account=lambda input: input.email),
    )
    def request_password_reset(self, info: Info, input: RequestPasswordResetInput) -> Done:
        """Have a link mailed."""
        passwords.request_password_reset(
            email=input.email, language=accepted_languages(info.context)
        )
        return Done()

    @mutation(
        gate=Anyone,
        description="Set a password by the token of a link that was mailed. All sessions end.",
        own_transactions=True,
        limit=Limit("RESET"),
    )
    def reset_password(self, info: Info, input: ResetPasswordInput) -> Done:
        """Set a password by a link."""
        passwords.reset_password(
            viewer=info.context.viewer, token=input.token, password=input.new_password
        )
        return Done()

    @mutation(
        gate=SignedIn,
        description="Set another password. All other sessions end.",
        own_transactions=True,
        limit=Limit("SIGN_IN"),
    )
    def change_password(self, info: Info, input: ChangePasswordInput) -> Done:
        """Set another password."""
        passwords.change_password(
            viewer=info.context.viewer,
            current=input.current_password,
            new=input.new_password,
            language=accepted_languages(info.context),
        )
        return Done()
