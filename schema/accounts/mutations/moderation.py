"""What staff do with accounts."""

from typing import cast

import strawberry
from strawberry import relay

from apps.accounts import access, models
from apps.accounts.services import moderation
from schema.accounts.types.users import User
from schema.base.context import Info
from schema.base.gates import staff
from schema.base.ids import key
from schema.base.mutation import mutation


@strawberry.input(description="An account to shut.")
class BlockUserInput:
    """Names an account and why."""

    user_id: relay.GlobalID = strawberry.field(description="Whose account.")
    reason: str = strawberry.field(
        description="Why. It stays in the audit trail for good: write nothing personal."
    )


@strawberry.input(description="An account to open again.")
class UnblockUserInput:
    """Names an account."""

    user_id: relay.GlobalID = strawberry.field(description="Whose account.")


@strawberry.type
class ModerationMutation:
    """Mutations of others' accounts."""

    @mutation(
        gate=staff("accounts.change_user"),
        description="Shut an account: its sessions end at once, and nobody signs in to it.",
    )
    def block_user(self, info: Info, input: BlockUserInput) -> User:
        """Shut an account."""
        viewer = info.context.viewer
        return moderation.block_user(
            user=access.user_visible_to(viewer, key(input.user_id, of=models.User)),
            by=cast("models.User", viewer.user),
            reason=input.reason,
        )

    @mutation(gate=staff("accounts.change_user"), description="Open a shut account again.")
    def unblock_user(self, info: Info, input: UnblockUserInput) -> User:
        """Open an account."""
        viewer = info.context.viewer
        return moderation.unblock_user(
            user=access.user_visible_to(viewer, key(input.user_id, of=models.User)),
            by=cast("models.User", viewer.user),
        )
