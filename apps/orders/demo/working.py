"""When providers of the demo data come, and what they report while they work."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.orders.demo.files import PICTURE
from apps.orders.demo.story import Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import (
    Order,
    OrderAssignment,
    OrderVisit,
    Party,
    ProgressNote,
    ProgressPhoto,
)
from apps.providers.demo import Business
from kernel.demo import Dice

#: For how many days a provider who is taken is asked for another one.
DAYS = 7
HOUR = timedelta(hours=1)
SIDES = (Party.CLIENT, Party.PROVIDER)
Span = tuple[datetime, datetime]


class Working:
    """Makes visits, never two of a provider's at once, and reports."""

    def __init__(self, dice: Dice, now: datetime) -> None:
        self.dice = dice
        self.texts = Texts(dice)
        self.now = now
        self.taken: dict[UUID, list[Span]] = defaultdict(list)

    def go_through(self, story: Story) -> None:
        """Have the provider of an order come, and say how it goes."""
        winner, work = story.winner, story.assignment
        if winner is None or work is None:
            return
        story.visits += [*self._agreed(story.order, work, winner), *self._proposed(work)]
        if story.order.started_at is not None:
            for at in sorted(self._moments(story)):
                self._report(story, at)

    def _agreed(self, order: Order, work: OrderAssignment, winner: Business) -> list[OrderVisit]:
        """The visit on the day of service, or on which work began; none where the provider has
        another one then.
        """
        span = _span(order, work)
        if span is None:
            return []
        if order.status == Status.CANCELLED:
            return [self._visit(work, span, OrderVisit.Status.CANCELLED)]
        # What began cannot have been put off.
        days = [timedelta(days=day) for day in range(1 if order.started_at else DAYS)]
        spans = [(span[0] + day, span[1] + day) for day in days]
        free = next((span for span in spans if self._is_free(winner, span)), None)
        if free is None:
            return []
        self.taken[winner.profile.pk].append(free)
        return [self._visit(work, free, OrderVisit.Status.CONFIRMED)]

    def _proposed(self, work: OrderAssignment) -> list[OrderVisit]:
        """Sometimes another time that one side is still to answer."""
        is_under_way = work.order.status in (Status.ASSIGNED, Status.IN_PROGRESS)
        if not is_under_way or not self.dice.chance(0.4):
            return []
        day = self.now.replace(hour=self.dice.randint(8, 15), minute=0, second=0, microsecond=0)
        begins = day + timedelta(days=self.dice.randint(2, 20))
        return [self._visit(work, (begins, begins + HOUR), OrderVisit.Status.PROPOSED)]

    def _is_free(self, winner: Business, span: Span) -> bool:
        away = [(off.starts_at, off.ends_at) for off in winner.time_off]
        kept = [*self.taken[winner.profile.pk], *away]
        return not any(begins < span[1] and span[0] < ends for begins, ends in kept)

    def _visit(self, work: OrderAssignment, span: Span, status: OrderVisit.Status) -> OrderVisit:
        is_first = status != OrderVisit.Status.PROPOSED
        at = work.assigned_at if is_first else max(work.assigned_at, self.now - 5 * HOUR)
        return OrderVisit(
            id=self.dice.key(),
            order=work.order,
            provider=work.provider,
            starts_at=span[0],
            ends_at=span[1],
            status=status,
            proposed_by=Party.CLIENT if is_first else self.dice.choice(SIDES),
            created_at=at,
            updated_at=at,
        )

    def _moments(self, story: Story) -> list[datetime]:
        """When the provider reports: up to twice, while the work goes on."""
        began, ended = story.order.started_at, story.order.completed_at
        assert began is not None
        if ended is None:
            ended = story.dispute.created_at if story.dispute else self.now
        return [
            began + (ended - began) * self.dice.random() for _ in range(self.dice.randint(0, 2))
        ]

    def _report(self, story: Story, at: datetime) -> None:
        note = ProgressNote(
            id=self.dice.key(),
            assignment=story.assignment,
            text=self.texts.one("progress"),
            created_at=at,
            updated_at=at,
        )
        story.notes.append(note)
        if self.dice.chance(0.5):
            story.pictures.append(
                ProgressPhoto(
                    id=self.dice.key(), note=note, file=PICTURE, created_at=at, updated_at=at
                )
            )


def _span(order: Order, work: OrderAssignment) -> Span | None:
    """From when work began, else from when it is wanted, for as long as the bid says."""
    length = timedelta(minutes=work.bid.estimated_duration or order.estimated_duration)
    if order.started_at is not None:
        ends = order.started_at + length
        return order.started_at, min(ends, order.completed_at or ends)
    if order.service_date is None or order.service_time is None or order.area is None:
        return None
    zone = ZoneInfo(order.area.time_zone)
    begins = datetime.combine(order.service_date, order.service_time, zone)
    return begins, begins + length
