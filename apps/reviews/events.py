"""What happens to reviews."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ReviewEvent(Event):
    """Something happened to a review."""

    review_id: UUID
    author_id: UUID

    def topics(self) -> list[str]:
        """Its author's own: of one that is hidden nobody else hears."""
        return [f"user:{self.author_id}"]


@dataclass(frozen=True, kw_only=True)
class ReviewSubmitted(ReviewEvent):
    """Somebody wrote about finished work; nobody else sees it yet."""


@dataclass(frozen=True, kw_only=True)
class ReviewUpdated(ReviewEvent):
    """The author changed a review that is still hidden."""


@dataclass(frozen=True, kw_only=True)
class SharedReviewEvent(ReviewEvent):
    """Something happened to a review that both sides may know of."""

    subject_id: UUID

    def topics(self) -> list[str]:
        """Its author's, and those of whom it is about."""
        return [*super().topics(), f"user:{self.subject_id}"]


@dataclass(frozen=True, kw_only=True)
class ReviewRevealed(SharedReviewEvent):
    """A review is hidden no longer: both sides wrote, or the time was over."""


@dataclass(frozen=True, kw_only=True)
class ReviewAnswered(SharedReviewEvent):
    """The side that a review is about answered it."""


@dataclass(frozen=True, kw_only=True)
class ReviewModerated(ReviewEvent):
    """Staff decided about a review."""

    status: str
    was: str


@dataclass(frozen=True, kw_only=True)
class ReviewDeleted(ReviewEvent):
    """A review was taken back by its author, or away by staff."""


@dataclass(frozen=True, kw_only=True)
class ReviewRestored(ReviewEvent):
    """Staff brought a deleted review back."""
