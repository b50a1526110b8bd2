"""Having claims about oneself verified, and deciding them."""

from typing import BinaryIO, cast

import strawberry
from strawberry import relay
from strawberry.file_uploads import Upload

from apps.accounts import access, models
from apps.accounts.services import verifications
from schema.accounts.filters import VerificationType
from schema.accounts.types.verifications import UserVerification
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import Keyed, mutation


@strawberry.input(description="A claim about oneself, and what shows it.")
class SubmitVerificationInput(Keyed):
    """A new verification."""

    verification_type: VerificationType = strawberry.field(description="What is to be verified.")
    files: list[Upload] = strawberry.field(description="One to five files: PDF, JPEG, PNG or WebP.")


@strawberry.input(description="A decision on a claim.")
class ReviewVerificationInput:
    """A decision."""

    id: relay.GlobalID = strawberry.field(description="The verification.")
    approved: bool = strawberry.field(description="Whether staff saw that it is so.")
    notes: str = strawberry.field(default="", description="What to say to the user about it.")


@strawberry.type
class VerificationsMutation:
    """Mutations of verifications."""

    @mutation(gate=SignedIn, description="Ask staff to verify a claim about oneself.")
    def submit_verification(self, info: Info, input: SubmitVerificationInput) -> UserVerification:
        """Submit a verification."""
        return verifications.submit_verification(
            user=info.context.viewer.user,
            verification_type=input.verification_type,
            files=cast("list[BinaryIO]", input.files),
        )

    @mutation(
        gate=staff("accounts.change_userverification"),
        description="Decide what a user wants verified.",
    )
    def review_verification(self, info: Info, input: ReviewVerificationInput) -> UserVerification:
        """Decide a verification."""
        viewer = info.context.viewer
        return verifications.review(
            verification=access.verification_visible_to(
                viewer, key(input.id, of=models.UserVerification)
            ),
            by=viewer.user,
            approved=input.approved,
            notes=input.notes,
        )
