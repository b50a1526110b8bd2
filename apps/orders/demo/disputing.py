"""What both sides of a dispute of the demo data show, and how staff decide it."""

from datetime import datetime, timedelta
from decimal import Decimal

from apps.accounts.demo import Person
from apps.orders.demo.files import PICTURE
from apps.orders.demo.story import Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import DisputeEvidence, OrderDispute, OrderTransition, Party
from apps.orders.services.disputes import refund_of
from kernel.demo import Dice

Outcome = OrderDispute.Outcome

#: The shares of the price, in percent, that clients get back where the work was done.
SHARES = (10, 20, 25, 25, 50)
#: What was decided, by where the order went.
OUTCOMES = {
    Status.CONFIRMED: Outcome.REFUND,
    Status.CANCELLED: Outcome.REFUND,
    Status.IN_PROGRESS: Outcome.REDO,
    Status.COMPLETED: Outcome.DISMISSED,
}


class Disputing:
    """Makes evidence and decisions."""

    def __init__(self, dice: Dice, now: datetime) -> None:
        self.dice = dice
        self.texts = Texts(dice)
        self.now = now

    def go_through(self, story: Story) -> None:
        """Have both sides show something in the dispute of an order, and staff decide it."""
        dispute = story.dispute
        if dispute is None:
            return
        step = next((step for step in story.steps if step.name == "resolve"), None)
        self._show(story, dispute, step.created_at if step else self.now)
        if step is not None:
            self._decide(story, dispute, step)
        elif dispute.status == OrderDispute.Status.IN_REVIEW:
            dispute.admin_notes = self.texts.one("reviewing")

    def _show(self, story: Story, dispute: OrderDispute, until: datetime) -> None:
        at = dispute.created_at + (until - dispute.created_at) / 4
        if self.dice.chance(0.7):
            self._add(story, Party.CLIENT, story.client, "claims", at)
        if story.winner is not None and self.dice.chance(0.6):
            self._add(story, Party.PROVIDER, story.winner.person, "answers", at + (until - at) / 2)

    def _add(self, story: Story, party: Party, author: Person, said: str, at: datetime) -> None:
        """Words, and half of the times a picture, as they are handed in together."""
        words = {"text": self.texts.one(said)}
        picture = {"file": PICTURE, "name": "picture.jpg", "content_type": "image/jpeg"}
        shown = [words, picture] if self.dice.chance(0.5) else [words]
        for seconds, values in enumerate(shown):
            when = at + timedelta(seconds=seconds)
            story.evidence.append(
                DisputeEvidence(
                    id=self.dice.key(),
                    dispute=story.dispute,
                    party=party,
                    author=author.user,
                    created_at=when,
                    updated_at=when,
                    **values,
                )
            )

    def _decide(self, story: Story, dispute: OrderDispute, step: OrderTransition) -> None:
        order, end = story.order, Status(step.to_status)
        dispute.outcome = OUTCOMES[end]
        is_dismissed = dispute.outcome == Outcome.DISMISSED
        states = OrderDispute.Status
        dispute.status = states.DISMISSED if is_dismissed else states.RESOLVED
        dispute.resolved_by, dispute.resolved_at = step.actor, step.created_at
        dispute.updated_at = step.created_at
        is_whole = end == Status.CANCELLED
        if dispute.outcome == Outcome.REFUND:
            dispute.refund_share = Decimal(100 if is_whole else self.dice.choice(SHARES))
            dispute.refund_amount = refund_of(dispute)
        said = self.texts.one("whole_refunds" if is_whole else f"{dispute.outcome.lower()}s")
        dispute.resolution = step.note = said
        if is_whole:
            order.cancelled_by, order.cancellation_reason = Party.STAFF, said
