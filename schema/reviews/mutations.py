"""What clients, providers and staff do about reviews."""

from typing import Any

import strawberry
from strawberry import relay

from apps.leads.models import LeadAssignment as LeadAssignmentModel
from apps.orders.models import OrderAssignment as OrderAssignmentModel
from apps.reviews import access, errors
from apps.reviews.models import Review as ReviewModel
from apps.reviews.services import moderation, reviews
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.reviews.inputs import (
    ModerateReviewInput,
    RespondToReviewInput,
    ReviewInput,
    SubmitReviewInput,
    UpdateReviewInput,
)
from schema.reviews.types import Review

WORK = ("order_assignment_id", "lead_assignment_id")


def _assignment(info: Info, input: SubmitReviewInput) -> Any:
    """The work that is named, where the viewer was on one of its sides."""
    viewer, of_order, of_lead = (
        info.context.viewer,
        input.order_assignment_id,
        input.lead_assignment_id,
    )
    if of_order is not None and of_lead is None:
        return access.order_assignment_of(viewer, key(of_order, of=OrderAssignmentModel))
    if of_lead is not None and of_order is None:
        return access.lead_assignment_of(viewer, key(of_lead, of=LeadAssignmentModel))
    raise errors.OneWork


def _review(info: Info, action: str, id: relay.GlobalID) -> Any:
    viewer, pk = info.context.viewer, key(id, of=ReviewModel)
    return access.REVIEW_ACTIONS.permit(viewer, action, pk)


@strawberry.type
class ReviewsMutation:
    """What clients, providers and staff do about reviews."""

    @mutation(
        gate=SignedIn,
        description="Write about finished work as one of its two sides, once each. It is hidden"
        " until the other side wrote too, or some days are over.",
    )
    def submit_review(self, info: Info, input: SubmitReviewInput) -> Review:
        """Write a review."""
        return reviews.submit_review(
            assignment=_assignment(info, input),
            author=info.context.viewer.user,
            said=given(input, without=WORK),
        )

    @mutation(gate=SignedIn, description="Change what one wrote while it is hidden.")
    def update_review(self, info: Info, input: UpdateReviewInput) -> Review:
        """Change a review."""
        return reviews.update_review(
            review=_review(info, "updateReview", input.review_id),
            said=given(input, without=("review_id", "version")),
            version=input.version,
        )

    @mutation(
        gate=SignedIn,
        description="Take back what one wrote while it is hidden; for staff, any review for good"
        " reason.",
    )
    def delete_review(self, info: Info, input: ReviewInput) -> Review:
        """Delete a review."""
        return reviews.delete_review(
            review=_review(info, "deleteReview", input.review_id), by=info.context.viewer.user
        )

    @mutation(gate=SignedIn, description="Answer a review that one is the subject of, once.")
    def respond_to_review(self, info: Info, input: RespondToReviewInput) -> Review:
        """Answer a review."""
        return reviews.respond_to_review(
            review=_review(info, "respondToReview", input.review_id),
            response=input.response,
            version=input.version,
        )

    @mutation(
        gate=staff("reviews.change_review"),
        description="Approve a review that one is no party to, or take it down; also one that was"
        " decided about before.",
    )
    def moderate_review(self, info: Info, input: ModerateReviewInput) -> Review:
        """Decide about a review."""
        return moderation.moderate_review(
            review=_review(info, "moderateReview", input.review_id),
            by=info.context.viewer.user,
            status=input.status,
            note=input.note,
            version=input.version,
        )
