"""The reviews' part of the demo data: what the stars of finished orders stand for, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.orders.demo import Orders
from apps.orders.demo.story import Story
from apps.orders.models import Order
from apps.reviews.models import FOR_CLIENTS, Review, Side
from kernel.demo import Dice, read

#: How long a review without an answer of the other side is hidden.
BLIND = timedelta(days=14)
#: Of how many reviews the provider wrote one too, and how many are answered.
MUTUAL, ANSWERED = 0.6, 0.4
#: Of how many orders without stars a review is hidden still, and waits for staff.
HIDDEN, WAITING = 0.25, 0.08


@dataclass(frozen=True)
class Reviews:
    """All that both sides said."""

    reviews: list[Review]

    def rows(self) -> list[list[Any]]:
        """What is to be stored."""
        return [self.reviews]


def plan(seed: int, orders: Orders, now: datetime) -> Reviews:
    """The reviews that the stars of orders stand for, and some that do not count."""
    writer = Writer(Dice(seed, "reviews"), now)
    return Reviews(list(writer.about(orders)))


@dataclass
class Writer:
    """Writes as services would have left it: what counts is published."""

    dice: Dice
    now: datetime

    def __post_init__(self) -> None:
        self.texts: dict[str, Any] = read(__file__, "demo_texts.json")

    def about(self, orders: Orders) -> Iterator[Review]:
        """What was written about each order that was confirmed, the oldest first."""
        for story in orders.stories:
            if story.order.status == Order.Status.CONFIRMED and story.assignment is not None:
                yield from self._published(story) if story.stars else self._not_published(story)

    def _published(self, story: Story) -> Iterator[Review]:
        """A client's review, which counts; the provider's too, where it would be hidden else."""
        assert story.stars is not None
        at = self._after(story.order.confirmed_at, days=3)
        is_mutual = self.dice.chance(MUTUAL) or at + BLIND > self.now
        shown_at = self._after(at, days=2) if is_mutual else at + BLIND
        said = self._review(story, Side.CLIENT, story.stars, at, shown_at)
        said.is_counted = True
        self._answer(said)
        yield said
        if is_mutual:
            yield self._review(
                story, Side.PROVIDER, self.dice.choice([4, 5, 5]), shown_at, shown_at
            )

    def _not_published(self, story: Story) -> Iterator[Review]:
        """Now and then a review that waits: for its time, or for staff."""
        at = self._after(story.order.confirmed_at, days=3)
        if at + BLIND > self.now and self.dice.chance(HIDDEN):
            yield self._review(story, Side.PROVIDER, 5, at, None)
        elif at + BLIND <= self.now and self.dice.chance(WAITING):
            said = self._review(story, Side.CLIENT, 5, at, at + BLIND)
            said.title, said.comment = self.dice.choice(self.texts["waiting"])
            said.moderation_status = Review.Status.PENDING
            yield said

    def _review(
        self, story: Story, side: Side, stars: int, at: datetime, shown_at: datetime | None
    ) -> Review:
        assert story.winner is not None
        of_client = side == Side.CLIENT
        writers = self.texts["clients" if of_client else "providers"]
        title, comment = self.dice.choice(writers[str(stars)])
        client, provider = story.client.user, story.winner.person.user
        said = Review(
            id=self.dice.key(),
            order_assignment=story.assignment,
            provider=story.winner.profile,
            client=client,
            author=client if of_client else provider,
            side=side,
            rating=stars,
            title=title,
            comment=comment,
            is_public=of_client,
            revealed_at=shown_at,
            created_at=at,
            updated_at=shown_at or at,
        )
        for name in ("communication_rating", *(FOR_CLIENTS if of_client else ())):
            setattr(said, name, min(max(stars + self.dice.choice([-1, 0, 0, 1]), 1), 5))
        return said

    def _answer(self, said: Review) -> None:
        if self.dice.chance(ANSWERED) and said.revealed_at is not None:
            said.provider_response = self.dice.choice(self.texts["answers"][str(said.rating)])
            said.responded_at = said.updated_at = self._after(said.revealed_at, days=2)

    def _after(self, at: datetime | None, *, days: float) -> datetime:
        """An instant within so many days, and not to come."""
        assert at is not None
        return at + min(timedelta(days=days), self.now - at) * self.dice.uniform(0.05, 0.95)
