"""Providers whose figures differ from their published reviews are found."""

from decimal import Decimal
from typing import Any

import pytest

from apps.providers.models import ServiceProviderProfile
from apps.reviews.models import Review
from apps.reviews.selectors import wrong_averages
from tests.factories.providers import ProviderFactory
from tests.factories.reviews import ReviewFactory, finished_order

pytestmark = pytest.mark.django_db


def _provider() -> Any:
    """One with three published reviews, whose mean is no whole number, and others that count for
    nothing.
    """
    provider = ProviderFactory()
    of_them = {"bid__provider": provider}
    for stars in (5, 5, 4):
        ReviewFactory(order_assignment=finished_order(**of_them), rating=stars)
    for traits in ("hidden", "pending", "rejected", "by_provider"):
        ReviewFactory(order_assignment=finished_order(**of_them), rating=1, **{traits: True})
    ReviewFactory(order_assignment=finished_order(**of_them), is_public=False, rating=1)
    return provider


def test_right_ones_are_not_named():
    _provider(), ProviderFactory()

    assert list(wrong_averages()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_reviews": 4},
        {"rating_sum": 13},
        {"average_rating": Decimal("4.66")},
    ],
)
@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_wrong_one_is_named(wrong: dict[str, Any], is_deleted: bool):
    provider, _noise = _provider(), _provider()
    ServiceProviderProfile.objects.filter(pk=provider.pk).update(is_deleted=is_deleted, **wrong)

    assert list(wrong_averages()) == [provider]


def test_a_review_that_went_behind_the_services_back_is_found():
    provider = _provider()

    Review.objects.filter(provider=provider, rating=4).update(is_deleted=True)

    assert list(wrong_averages()) == [provider]


def test_figures_without_reviews_are_wrong():
    provider = ProviderFactory(total_reviews=1, rating_sum=5, average_rating=5)

    assert list(wrong_averages()) == [provider]
