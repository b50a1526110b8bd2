"""Who bids on an order of the demo data, for how much, and who wins."""

from datetime import datetime

from apps.catalog.demo import Catalog, local_price
from apps.orders.demo.story import Brief, Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import Bid, Order, OrderAssignment
from apps.providers.demo import Business, Businesses
from kernel.demo import Dice
from kernel.money import Money

#: Clients give one star to five, so many of a hundred.
STARS = (2, 4, 10, 28, 56)
#: However many there are in a city, an order is looked at by no more than so many of a trade.
MOST_LOOKING = 50


class Bidding:
    """Makes bids."""

    def __init__(
        self, dice: Dice, texts: Texts, catalog: Catalog, businesses: Businesses, now: datetime
    ) -> None:
        self.dice = dice
        self.texts = texts
        self.catalog = catalog
        self.offering = {city.name: businesses.offering(city.name) for city in catalog.cities}
        self.now = now

    def collect(self, story: Story, brief: Brief, path: list[str], times: list[datetime]) -> None:
        order, dice = story.order, self.dice
        until = times[1] if len(times) > 1 else self.now
        bidders = self._bidders(brief, at_least=1 if "assign" in path else 0)
        taken = None
        if "assign" in path:
            taken = brief.favored or dice.choices(bidders, [b.appeal for b in bidders])[0]
        moments = sorted(dice.random() ** 1.4 for _ in bidders)
        for bidder, moment in zip(bidders, moments, strict=True):
            at = times[0] + (until - times[0]) * moment
            bid = self._bid(order, bidder, brief, at)
            story.bids.append(bid)
            if bidder is taken:
                self._accept(story, bid, bidder, until)
            elif dice.chance(0.07) and bidder is not brief.favored:
                bid.status, bid.withdrawn_at = Bid.Status.WITHDRAWN, at + (until - at) / 2
            elif len(path) > 1:
                bid.status, bid.rejected_at = Bid.Status.REJECTED, until
            bid.updated_at = bid.accepted_at or bid.withdrawn_at or bid.rejected_at or at
        order.bid_count = sum(
            bid.status in (Bid.Status.PENDING, Bid.Status.ACCEPTED) for bid in story.bids
        )

    def _bidders(self, brief: Brief, at_least: int) -> list[Business]:
        """Verified providers of the city who offer the service, then others of the trade."""
        offering, service = self.offering[brief.area.city], brief.service
        order = self._ranked(offering.get(service.pk, []))
        others = self._ranked(offering.get(service.category.parent_id, []))
        known = {business.profile.pk for business in order}
        order += [business for business in others if business.profile.pk not in known]
        if brief.favored is not None:
            order = [brief.favored, *(b for b in order if b is not brief.favored)]
        bidders = order[: max(brief.bids, at_least)]
        return self.dice.sample(bidders, len(bidders))

    def _ranked(self, businesses: list[Business]) -> list[Business]:
        """Those who look at an order: the more appeal, the likelier among the first."""
        if len(businesses) > MOST_LOOKING:
            businesses = self.dice.sample(businesses, MOST_LOOKING)
        return sorted(businesses, key=lambda b: self.dice.random() ** (1 / b.appeal), reverse=True)

    def _bid(self, order: Order, bidder: Business, brief: Brief, at: datetime) -> Bid:
        dice, service = self.dice, brief.service
        return Bid(
            id=dice.key(),
            order=order,
            provider=bidder.profile,
            currency=order.currency,
            amount=self._amount(brief),
            description=self.texts.bid(bidder.person.language, brief.client.language, brief.area),
            estimated_duration=max(
                round(service.estimated_duration * dice.uniform(0.8, 1.3), -1), 20
            ),
            terms_conditions=self.texts.one("terms") if dice.chance(0.4) else "",
            is_negotiable=dice.chance(0.35),
            created_at=at,
        )

    def _amount(self, brief: Brief) -> Money:
        city = self.catalog.city_of(brief.area)
        return local_price(
            brief.service.base_price, brief.area, city.step, self.dice.uniform(0.8, 1.45)
        )

    def _accept(self, story: Story, bid: Bid, bidder: Business, at: datetime) -> None:
        order = story.order
        bid.status, bid.accepted_at = Bid.Status.ACCEPTED, at
        order.final_price = bid.amount
        done = order.completed_at is not None
        story.winner = bidder
        story.assignment = OrderAssignment(
            id=self.dice.key(),
            order=order,
            provider=bidder.profile,
            bid=bid,
            assigned_at=at,
            start_date=order.service_date,
            start_time=order.service_time,
            completion_notes=self.texts.one("completions") if done else "",
            created_at=at,
            updated_at=order.updated_at,
        )
        if order.status == Status.CONFIRMED and self.dice.chance(0.7):
            story.stars = self.dice.choices(range(1, 6), STARS)[0]
