"""Reviews in the admin: read, and decided about by services."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.reviews.models import Review
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db

LIST = reverse("admin:reviews_review_changelist")


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


def _act(client: Client, action: str, *rows: Any, among: str = "") -> str:
    """What the list says once an action was done to rows of it."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return str(client.post(LIST + among, chosen, follow=True).content.decode())


def _figures(review: Review) -> tuple[int, int]:
    review.provider.refresh_from_db()
    return review.provider.total_reviews, review.provider.rating_sum


def test_reviews_are_taken_down_and_approved_again(dora: Client):
    review, noise = ReviewFactory(), ReviewFactory()

    told = _act(dora, "reject", review)
    down = Review.objects.get(pk=review.pk), _figures(review)
    _act(dora, "approve", review)

    assert "Done: 1." in told
    assert (down[0].moderation_status, down[1]) == ("REJECTED", (0, 0))
    assert down[0].moderation_note == "It breaks the rules of the platform."
    assert (_figures(review), _figures(noise)) == ((1, 4), (1, 4))


def test_reviews_are_deleted_and_restored(dora: Client):
    review = ReviewFactory()

    _act(dora, "delete_chosen", review)
    gone = Review.objects.count(), _figures(review)
    _act(dora, "restore_chosen", review, among="?deleted=yes")

    assert gone == (0, (0, 0))
    assert (Review.objects.count(), _figures(review)) == (1, (1, 4))


def test_who_may_only_look_decides_nothing(cast: Cast, client: Client):
    cast.eve.user_permissions.set(Permission.objects.filter(codename="view_review"))
    client.force_login(cast.eve)
    review = ReviewFactory()

    for action in ("reject", "delete_chosen"):
        _act(client, action, review)

    review.refresh_from_db()
    assert (review.moderation_status, review.is_deleted) == ("APPROVED", False)


def test_nobody_types_what_it_says(dora: Client):
    review = ReviewFactory()
    page = reverse("admin:reviews_review_change", args=[review.pk])

    answer = dora.post(page, {"rating": 1, "comment": "x"})

    assert answer.status_code == 403
    assert b"The tap is quiet now." in dora.get(page).content
