"""Reviews that come and go at the same moment leave a provider's figures exact."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.providers.models import ServiceProviderProfile
from apps.reviews import errors
from apps.reviews.models import Review
from apps.reviews.selectors import wrong_averages
from apps.reviews.services.moderation import moderate_review
from apps.reviews.services.publishing import reveal_due
from apps.reviews.services.reviews import (
    delete_review,
    respond_to_review,
    restore_review,
    submit_review,
    update_review,
)
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.providers import ProviderFactory
from tests.factories.reviews import ReviewFactory, finished_order
from tests.support.races import race

pytestmark = pytest.mark.usefixtures("transactional_db")

Status = Review.Status
LONG_AGO = "2026-01-01T00:00:00Z"


def _figures(provider: Any) -> tuple[int, int, Decimal]:
    found: Any = ServiceProviderProfile.objects.get(pk=provider.pk)
    return found.total_reviews, found.rating_sum, found.average_rating


def _of(*stars: int) -> tuple[int, int, Decimal]:
    """The figures that so many stars come to."""
    mean = Decimal(sum(stars)) / (len(stars) or 1)
    return len(stars), sum(stars), mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _client_of(work: Any) -> User:
    found: User = work.order.client_profile.user_profile.user
    return found


def _answered(provider: Any) -> Any:
    """Finished work of a provider, who has written about its client."""
    work = finished_order(bid__provider=provider)
    ReviewFactory(order_assignment=work, by_provider=True, hidden=True)
    return work


def test_twenty_clients_at_once_count_each():
    provider = ProviderFactory()
    stars = [1 + number % 5 for number in range(18)] + [5, 4]
    works = [_answered(provider) for _ in stars]

    outcomes = race(
        *[
            lambda work=work, n=n: submit_review(
                assignment=work, author=_client_of(work), said={"rating": n}
            )
            for work, n in zip(works, stars, strict=True)
        ]
    )

    assert [type(outcome) for outcome in outcomes] == [Review] * 20
    assert _figures(provider) == _of(*stars)
    assert not wrong_averages().exists()


def test_moderation_and_new_reviews_at_once_leave_those_that_stand():
    provider, staff = ProviderFactory(), UserFactory(is_staff=True)
    standing = [
        ReviewFactory(order_assignment=finished_order(bid__provider=provider), rating=1)
        for _ in range(10)
    ]
    works = [_answered(provider) for _ in range(10)]

    race(
        *[lambda row=row: _decide(row, staff, Status.REJECTED) for row in standing[:7]],
        *[
            lambda work=work: submit_review(
                assignment=work, author=_client_of(work), said={"rating": 4}
            )
            for work in works
        ],
        *[lambda row=row: delete_review(review=row, by=staff) for row in standing[7:]],
    )

    assert _figures(provider) == _of(*[4] * 10)
    assert not wrong_averages().exists()


def _decide(review: Review, staff: User, status: Any) -> Review:
    return moderate_review(review=review, by=staff, status=status, note="Rude.")


def test_one_review_that_many_of_the_staff_decide_about_counts_once_or_not():
    review, staff = ReviewFactory(rating=3), UserFactory(is_staff=True)
    noise = ReviewFactory(order_assignment=finished_order(bid__provider=review.provider), rating=5)

    race(
        *[lambda: _decide(review, staff, Status.REJECTED)] * 8,
        *[lambda: _decide(review, staff, Status.APPROVED)] * 8,
    )

    stands = Review.objects.get(pk=review.pk).moderation_status == Status.APPROVED
    assert _figures(review.provider) == (_of(3, noise.rating) if stands else _of(noise.rating))


def test_a_review_deleted_and_restored_by_many_counts_once_or_not():
    review, staff = ReviewFactory(rating=3), UserFactory(is_staff=True)

    race(
        *[lambda: delete_review(review=review, by=staff)] * 6,
        *[lambda: restore_review(review=review)] * 6,
    )

    assert _figures(review.provider) == (_of(3) if Review.objects.exists() else _of())
    assert not wrong_averages().exists()


def test_the_two_sides_at_once_are_both_shown():
    works = [finished_order() for _ in range(8)]

    race(
        *[
            lambda work=work, by=by: submit_review(assignment=work, author=by, said={"rating": 5})
            for work in works
            for by in (_client_of(work), work.provider.user_profile.user)
        ]
    )

    assert Review.objects.count() == 16
    assert not Review.objects.hidden().exists()
    assert not wrong_averages().exists()


def test_one_side_writes_once_however_often_it_tries_at_once():
    work = finished_order()

    outcomes = race(
        *[lambda: submit_review(assignment=work, author=_client_of(work), said={"rating": 5})] * 8
    )

    refused = [outcome for outcome in outcomes if not isinstance(outcome, Review)]
    assert [[e.code for e in error.error_dict["__all__"]] for error in refused] == [
        ["already_reviewed"]
    ] * 7
    assert Review.objects.count() == 1


def test_sweeps_and_the_other_side_at_once_show_and_count_each_once():
    provider = ProviderFactory()
    works = [finished_order(bid__provider=provider) for _ in range(12)]
    for work in works:
        ReviewFactory(order_assignment=work, hidden=True, created_at=LONG_AGO, rating=2)
    told: Any = {"rating": 4}

    race(
        *[lambda: reveal_due(batch=3)] * 8,
        *[
            lambda work=work: submit_review(
                assignment=work, author=provider.user_profile.user, said=told
            )
            for work in works[:6]
        ],
    )
    while reveal_due():
        pass

    assert not Review.objects.hidden().exists()
    assert _figures(provider) == _of(*[2] * 12)


def test_what_is_changed_as_it_is_shown_is_as_it_counts():
    provider = ProviderFactory()
    works = [finished_order(bid__provider=provider) for _ in range(8)]
    rows = [ReviewFactory(order_assignment=work, hidden=True, rating=1) for work in works]

    outcomes = race(
        *[
            lambda work=work: submit_review(
                assignment=work, author=provider.user_profile.user, said={"rating": 4}
            )
            for work in works
        ],
        *[lambda row=row: update_review(review=row, said={"rating": 5}) for row in rows],
    )

    late = [outcome for outcome in outcomes[8:] if isinstance(outcome, errors.ReviewRevealed)]
    assert _figures(provider) == _of(*[1] * len(late), *[5] * (8 - len(late)))


def test_one_answer_is_kept_of_many_at_once():
    review = ReviewFactory(revealed_at=clock.now())

    outcomes = race(
        *[lambda n=n: respond_to_review(review=review, response=f"Answer {n}") for n in range(8)]
    )

    kept = Review.objects.get().provider_response
    assert [o.provider_response for o in outcomes if isinstance(o, Review)] == [kept]
    assert sum(isinstance(o, errors.AlreadyAnswered) for o in outcomes) == 7
