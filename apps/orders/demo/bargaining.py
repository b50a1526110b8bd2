"""How long the bids of the demo data stand, and the bargaining over them."""

from datetime import datetime, timedelta
from decimal import Decimal

from apps.catalog.demo import Catalog
from apps.orders.demo.story import Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import Bid, CounterOffer, Party
from kernel.demo import Dice
from kernel.money import Money

#: For how many days providers stand by their bids, each as likely as it is repeated.
DAYS = (3, 7, 7, 14, 14, 30)
#: How much below a bid its client begins to bargain.
SHARES = (0.75, 0.8, 0.85, 0.9)


class Bargaining:
    """Ends bids, and makes counter-offers to those that are negotiable."""

    def __init__(self, dice: Dice, catalog: Catalog, now: datetime) -> None:
        self.dice = dice
        self.texts = Texts(dice)
        self.catalog = catalog
        self.now = now

    def go_through(self, story: Story) -> None:
        """Say until when an order's bids stand, and what was said about their prices."""
        for bid in story.bids:
            self._limit(story, bid)
            if bid.is_negotiable and self.dice.chance(0.6):
                self._haggle(story, bid)

    def _limit(self, story: Story, bid: Bid) -> None:
        if not self.dice.chance(0.6):
            return
        until = bid.created_at + timedelta(days=self.dice.choice(DAYS))
        if bid.status != Bid.Status.PENDING:
            # What was decided was decided in time.
            bid.expires_at = until if until > bid.updated_at else None
            return
        bid.expires_at = until
        if until <= self.now:
            bid.status, bid.updated_at = Bid.Status.EXPIRED, until
            story.order.bid_count -= 1

    def _haggle(self, story: Story, bid: Bid) -> None:
        """The client asks for less; the provider meets them, or is still to answer. What the bid
        says is the last price that the provider named or agreed to.
        """
        end = self.now if bid.status == Bid.Status.PENDING else bid.updated_at
        asked = self._offer(story, bid, Party.CLIENT, bid.created_at + (end - bid.created_at) / 3)
        is_waiting = bid.status == Bid.Status.PENDING and self.dice.chance(0.4)
        if is_waiting and story.order.status == Status.PUBLISHED:
            bid.turn = Party.PROVIDER
            bid.updated_at = asked.created_at
        elif bid.status in (Bid.Status.PENDING, Bid.Status.ACCEPTED):
            at = asked.created_at + (end - asked.created_at) / 2
            self._offer(story, bid, Party.PROVIDER, at)
            bid.updated_at = max(bid.updated_at, at)

    def _offer(self, story: Story, bid: Bid, party: Party, at: datetime) -> CounterOffer:
        is_clients = party == Party.CLIENT
        offer = CounterOffer(
            id=self.dice.key(),
            bid=bid,
            party=party,
            currency=bid.currency,
            amount=self._less(story, bid.amount) if is_clients else bid.amount,
            message=self.texts.one("haggling" if is_clients else "meeting"),
            created_at=at,
            updated_at=at,
        )
        story.counter_offers.append(offer)
        return offer

    def _less(self, story: Story, price: Money) -> Money:
        """Less than a price, rounded to what people would say."""
        area = story.order.area
        assert area is not None
        step = self.catalog.city_of(area).step
        amount = price.amount * Decimal(str(self.dice.choice(SHARES)))
        return Money.parse(max(int(amount / step), 1) * step, price.currency)
