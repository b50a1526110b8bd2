"""What is always true of reviews."""

from collections.abc import Iterator

from apps.reviews.selectors import wrong_averages
from kernel.invariants import invariant


@invariant(1, "the average of a provider is that of its published reviews")
def averages() -> Iterator[str]:
    """Providers whose stars are not those of their published reviews."""
    for found in wrong_averages().order_by("pk").iterator():
        yield f"The provider {found.pk} says {found.average_rating} of {found.total_reviews}."
