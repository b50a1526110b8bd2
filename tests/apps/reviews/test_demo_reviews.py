"""The reviews of the demo data: as services would have left them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from apps.reviews.models import Review
from apps.reviews.selectors import wrong_averages
from kernel import clock
from kernel.contacts import names_contact
from tests.support.demo import demo_data

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo data, until the module is done."""
    with demo_data(django_db_blocker):
        yield


def test_there_are_reviews_of_all_kinds(demo: None) -> None:
    assert Review.objects.published().count() > 300
    assert Review.objects.filter(side="PROVIDER").count() > 100
    assert Review.objects.exclude(provider_response="").count() > 100
    assert Review.objects.hidden().exists()
    assert Review.objects.filter(moderation_status="PENDING").exists()


def test_figures_are_those_of_the_published_ones(demo: None) -> None:
    counted = Review.objects.filter(is_counted=True)

    assert not wrong_averages().exists()
    assert set(counted) == set(Review.objects.published())


def test_each_is_about_work_that_was_finished_before_and_hidden_no_longer_than_it_may(
    demo: None,
) -> None:
    now = clock.now()
    long_ago = now - timedelta(days=14)

    assert not Review.objects.exclude(order_assignment__order__status="CONFIRMED").exists()
    finished = F("order_assignment__order__confirmed_at")
    assert not Review.objects.filter(created_at__lt=finished).exists()
    assert not Review.objects.filter(revealed_at__lt=F("created_at")).exists()
    assert not Review.objects.filter(revealed_at__gt=now).exists()
    assert not Review.objects.hidden().filter(created_at__lte=long_ago).exists()


def test_those_alone_wait_that_say_where_somebody_is_reached(demo: None) -> None:
    waiting = {review.pk for review in Review.objects.filter(moderation_status="PENDING")}

    assert {r.pk for r in Review.objects.all() if names_contact(r.title, r.comment)} == waiting
