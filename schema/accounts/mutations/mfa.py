"""Second factors."""

from typing import cast
from uuid import UUID

import strawberry

from apps.accounts.services import mfa
from schema.accounts.types.mfa import MfaEnrollment, RecoveryCodes, mfa_enrollment
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import Fresh
from schema.base.mutation import mutation


@strawberry.input(description="What beginning to set up a second factor takes.")
class EnrollMfaInput:
    """A device."""

    name: str = strawberry.field(description="What the user calls the device.")


@strawberry.input(description="What switching a second factor on takes.")
class ConfirmMfaInput:
    """A first code."""

    code: str = strawberry.field(description="What the authenticator app shows.")


@strawberry.input(description="What switching a second factor off takes.")
class DisableMfaInput:
    """A last code."""

    code: str = strawberry.field(description="Of the authenticator app, or a recovery code.")


@strawberry.type
class MfaMutation:
    """Mutations of second factors."""

    @mutation(gate=Fresh, description="Begin to set up a second factor; confirmMfa ends it.")
    def enroll_mfa(self, info: Info, input: EnrollMfaInput) -> MfaEnrollment:
        """Begin to set up a second factor."""
        return mfa_enrollment(mfa.enroll_mfa(user=info.context.viewer.user, name=input.name))

    @mutation(
        gate=Fresh,
        description="Switch the second factor on. All other sessions of the user end.",
    )
    def confirm_mfa(self, info: Info, input: ConfirmMfaInput) -> RecoveryCodes:
        """Switch the second factor on."""
        viewer = info.context.viewer
        session_id = cast("UUID", viewer.session_id)
        return RecoveryCodes(
            codes=mfa.confirm_mfa(user=viewer.user, code=input.code, session_id=session_id)
        )

    @mutation(gate=Fresh, description="Switch the second factor off.")
    def disable_mfa(self, info: Info, input: DisableMfaInput) -> Done:
        """Switch the second factor off."""
        mfa.disable_mfa(user=info.context.viewer.user, code=input.code)
        return Done()

    @mutation(gate=Fresh, description="Make new recovery codes; the earlier ones are void.")
    def regenerate_recovery_codes(self, info: Info) -> RecoveryCodes:
        """Make new recovery codes."""
        return RecoveryCodes(codes=mfa.regenerate_recovery_codes(user=info.context.viewer.user))
