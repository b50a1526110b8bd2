"""What both sides of finished work say, and what staff do about it."""

from typing import Any

from tests.architecture.isolation.actors import ADMIN, PARTY
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.catalog import CategoryFactory
from tests.factories.reviews import ReviewFactory, finished_order, won_lead

BOTH = frozenset({PARTY})


def _work(side: Side) -> Any:
    """One's own order, which the other carried out."""
    return finished_order(
        bid__order__client_profile=side.me.client, bid__provider=side.other.provider
    )


@valid("submitReview", open_to={"orderAssignmentId": BOTH})
def _submit_review(side: Side) -> Input:
    return {"orderAssignmentId": gid(_work(side)), "rating": 5, "comment": "Good."}


@valid("submitReview", open_to={"leadAssignmentId": BOTH})
def _submit_review_of_lead(side: Side) -> Input:
    lead = won_lead(
        lead__client=side.me.user,
        lead__category=CategoryFactory._meta.model.objects.earliest("created_at"),
        provider=side.other.provider,
    )
    return {"leadAssignmentId": gid(lead), "rating": 5}


@valid("updateReview")
def _update_review(side: Side) -> Input:
    return {"reviewId": gid(ReviewFactory(order_assignment=_work(side), hidden=True)), "rating": 2}


@valid("deleteReview")
def _delete_review(side: Side) -> Input:
    return {"reviewId": gid(ReviewFactory(order_assignment=_work(side), hidden=True))}


@valid("respondToReview")
def _respond_to_review(side: Side) -> Input:
    said = ReviewFactory(order_assignment=_work(side), by_provider=True)
    return {"reviewId": gid(said), "response": "Thank you."}


@valid("moderateReview", by=ADMIN)
def _moderate_review(side: Side) -> Input:
    said = ReviewFactory(order_assignment=_work(side))
    return {"reviewId": gid(said), "status": "REJECTED", "note": "Rude."}
