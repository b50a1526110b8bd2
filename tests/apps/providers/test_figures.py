"""A provider's figures are exact, however many write them at once."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.providers.models import ServiceProviderProfile
from apps.providers.services.figures import (
    count_completion,
    count_job,
    count_response,
    count_review,
)
from tests.factories.providers import ProviderFactory
from tests.support.races import race

FIGURES = (
    *("rating_sum", "total_reviews", "average_rating"),
    *("jobs_taken", "jobs_completed", "completion_rate"),
    *("responses", "response_seconds", "response_time_minutes"),
)
CENT = Decimal("0.01")


def _figures(provider: Any) -> dict[str, Any]:
    found = ServiceProviderProfile.objects.all_with_deleted().filter(pk=provider.pk)
    return dict(found.values(*FIGURES).get())


def _rounded(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(CENT, ROUND_HALF_UP) if whole else Decimal(0)


@pytest.mark.usefixtures("transactional_db")
def test_no_review_is_lost_among_fifty():
    provider = ProviderFactory()
    stars = [1 + number % 5 for number in range(50)]

    race(*[lambda n=n: count_review(provider_id=provider.pk, stars=n) for n in stars])

    found = _figures(provider)
    assert (found["total_reviews"], found["rating_sum"]) == (50, sum(stars))
    assert found["average_rating"] == Decimal("3.00")


@pytest.mark.usefixtures("transactional_db")
def test_none_of_fifty_jobs_is_lost_and_none_of_their_completions():
    provider, noise = ProviderFactory(), ProviderFactory()

    race(*[lambda: count_job(provider_id=provider.pk)] * 50)
    race(*[lambda: count_completion(provider_id=provider.pk)] * 33)

    found = _figures(provider)
    assert (found["jobs_taken"], found["jobs_completed"]) == (50, 33)
    assert found["completion_rate"] == Decimal("66.00")
    assert _figures(noise)["jobs_taken"] == 0


@pytest.mark.usefixtures("transactional_db")
def test_none_of_fifty_answers_is_lost():
    provider = ProviderFactory()

    race(
        *[lambda n=n: count_response(provider_id=provider.pk, seconds=60 * n) for n in range(1, 51)]
    )

    found = _figures(provider)
    assert (found["responses"], found["response_seconds"]) == (50, 60 * 1275)
    assert found["response_time_minutes"] == 26


@pytest.mark.usefixtures("transactional_db")
def test_reviews_published_and_taken_back_at_once_leave_those_that_stand():
    provider = ProviderFactory()
    for _ in range(20):
        count_review(provider_id=provider.pk, stars=1)

    race(
        *[lambda: count_review(provider_id=provider.pk, stars=1, removed=True)] * 20,
        *[lambda: count_review(provider_id=provider.pk, stars=4)] * 20,
    )

    found = _figures(provider)
    assert (found["total_reviews"], found["rating_sum"]) == (20, 80)
    assert found["average_rating"] == Decimal("4.00")


@pytest.mark.django_db
def test_without_reviews_the_mean_is_zero():
    provider = ProviderFactory()

    count_review(provider_id=provider.pk, stars=5)
    count_review(provider_id=provider.pk, stars=5, removed=True)

    found = _figures(provider)
    assert (found["total_reviews"], found["rating_sum"], found["average_rating"]) == (0, 0, 0)


@pytest.mark.django_db
def test_a_figure_is_no_change_of_the_profile_and_reaches_a_deleted_one():
    provider = ProviderFactory()
    before = provider.version, provider.updated_at
    provider.soft_delete()
    deleted = ServiceProviderProfile.objects.all_with_deleted().get()

    count_review(provider_id=provider.pk, stars=5)

    after = ServiceProviderProfile.objects.all_with_deleted().get()
    assert before[0] == 1
    assert (after.version, after.updated_at) == (deleted.version, deleted.updated_at)
    assert after.total_reviews == 1


steps = st.one_of(
    st.tuples(st.just("review"), st.integers(1, 5)),
    st.tuples(st.just("moderate"), st.integers(0, 99)),
    st.tuples(st.just("job"), st.none()),
    st.tuples(st.just("completion"), st.none()),
    st.tuples(st.just("response"), st.integers(0, 10**7)),
)


@pytest.mark.django_db
@given(st.lists(steps, max_size=30))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_sequence_comes_to_what_counting_anew_would(sequence: list[tuple[str, Any]]):
    provider = ProviderFactory()
    stars: list[int] = []
    answers: list[int] = []
    taken = completed = 0

    for step, value in sequence:
        if step == "review":
            stars.append(value)
            count_review(provider_id=provider.pk, stars=value)
        elif step == "moderate" and stars:
            gone = stars.pop(value % len(stars))
            count_review(provider_id=provider.pk, stars=gone, removed=True)
        elif step == "job":
            taken += 1
            count_job(provider_id=provider.pk)
        elif step == "completion" and completed < taken:
            completed += 1
            count_completion(provider_id=provider.pk)
        elif step == "response":
            answers.append(value)
            count_response(provider_id=provider.pk, seconds=value)

    minutes = Decimal(sum(answers)) / len(answers) / 60 if answers else None
    assert _figures(provider) == {
        "rating_sum": sum(stars),
        "total_reviews": len(stars),
        "average_rating": _rounded(sum(stars), len(stars)),
        "jobs_taken": taken,
        "jobs_completed": completed,
        "completion_rate": _rounded(100 * completed, taken),
        "responses": len(answers),
        "response_seconds": sum(answers),
        "response_time_minutes": (
            None if minutes is None else int(minutes.quantize(Decimal(1), ROUND_HALF_UP))
        ),
    }
