"""From ids to finished work and to reviews, for those who may know."""

from uuid import UUID

from django.db.models import Q

from apps.leads.models import LeadAssignment
from apps.orders.models import OrderAssignment
from apps.reviews import errors
from apps.reviews.models import Review, is_about
from kernel.actions import NEVER, Actions
from kernel.lookup import one_of
from kernel.viewer import Viewer


def _written(viewer: Viewer) -> Q:
    return Q(author=viewer.user_id) if viewer.is_signed_in else NEVER


def _decides(viewer: Viewer) -> Q | bool:
    is_party = _written(viewer) | is_about(viewer)
    return viewer.has_permission("reviews.change_review") and ~is_party


def _may_delete(viewer: Viewer) -> Q:
    is_staff = viewer.has_permission("reviews.delete_review")
    return _written(viewer) | ~is_about(viewer) if is_staff else _written(viewer)


REVIEW_ACTIONS = Actions(
    Review,
    {
        "updateReview": _written,
        "deleteReview": _may_delete,
        "respondToReview": is_about,
        "moderateReview": _decides,
    },
    refusals={
        "updateReview": errors.NotAuthor,
        "deleteReview": errors.NotAuthor,
        "respondToReview": errors.NotAboutYou,
        "moderateReview": errors.OwnReview,
    },
)


def order_assignment_of(viewer: Viewer, assignment_id: UUID) -> OrderAssignment:
    """An order in the hands of a provider, for one of its two sides; raises NotFound, also for
    staff who oversee it.
    """
    found: OrderAssignment = one_of(
        OrderAssignment.objects.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(provider__user_profile__user=viewer.user_id)
        ),
        pk=assignment_id,
        order__is_deleted=False,
    )
    return found


def lead_assignment_of(viewer: Viewer, assignment_id: UUID) -> LeadAssignment:
    """A lead in the hands of a provider, for one of its two sides; raises NotFound, also for staff
    who oversee it, and where its client is a visitor without an account.
    """
    found: LeadAssignment = one_of(
        LeadAssignment.objects.filter(
            Q(lead__client=viewer.user_id) | Q(provider__user_profile__user=viewer.user_id)
        ),
        pk=assignment_id,
        lead__is_deleted=False,
        lead__client__isnull=False,
    )
    return found
