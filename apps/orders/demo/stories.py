"""How a single order of the demo data comes about: its steps, and the bids on it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apps.accounts.demo import Person, address, nearby
from apps.catalog.demo import Catalog, City, local_price
from apps.catalog.models import ServiceAddon, ServiceArea, ServiceSubcategory
from apps.orders.demo.texts import Texts
from apps.orders.models import (
    Bid,
    Order,
    OrderAddon,
    OrderAssignment,
    OrderDispute,
    OrderTransition,
)
from apps.providers.demo import Business, Businesses
from kernel.demo import Dice
from kernel.money import Money

Status = Order.Status

#: The ways to where an order stands, each as likely as it is repeated.
PATHS: dict[Status, list[str]] = {
    Status.DRAFT: [""],
    Status.PUBLISHED: ["publish"],
    Status.ASSIGNED: ["publish assign"],
    Status.IN_PROGRESS: ["publish assign start"],
    Status.COMPLETED: ["publish assign start complete"],
    Status.CONFIRMED: ["publish assign start complete confirm"] * 30
    + ["publish assign start complete dispute resolve"],
    Status.CANCELLED: ["cancel"] + ["publish cancel"] * 4 + ["publish assign cancel"] * 2
    + ["publish assign dispute resolve"],
    Status.DISPUTED: ["publish assign dispute", "publish assign start dispute"]
    + ["publish assign start complete dispute"] * 2,
}
#: Where each step leads, and how many hours it comes after the one before, at least and at most.
STEPS: dict[str, tuple[Status, float, float]] = {
    "publish": (Status.PUBLISHED, 0.1, 16),
    "assign": (Status.ASSIGNED, 6, 90),
    "start": (Status.IN_PROGRESS, 10, 120),
    "complete": (Status.COMPLETED, 1, 10),
    "confirm": (Status.CONFIRMED, 0.5, 60),
    "cancel": (Status.CANCELLED, 2, 96),
    "dispute": (Status.DISPUTED, 3, 72),
    "resolve": (Status.CONFIRMED, 24, 120),
}
DATED = {
    "publish": "published_at",
    "assign": "assigned_at",
    "start": "started_at",
    "complete": "completed_at",
    "confirm": "confirmed_at",
    "cancel": "cancelled_at",
}
#: Clients give one star to five, so many of a hundred.
STARS = (2, 4, 10, 28, 56)


@dataclass(frozen=True)
class Brief:
    """What an order shall be: whose, for what, where it stands, how old it is, and who bids.

    ``favored`` bids for sure, and wins where somebody does.
    """

    client: Person
    service: ServiceSubcategory
    area: ServiceArea
    status: Status
    days: float
    bids: int
    favored: Business | None


@dataclass
class Story:
    """An order with all that hangs on it."""

    client: Person
    order: Order
    addons: list[OrderAddon] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    steps: list[OrderTransition] = field(default_factory=list)
    assignment: OrderAssignment | None = None
    dispute: OrderDispute | None = None
    winner: Business | None = None
    stars: int | None = None

    def count(self) -> None:
        """Count the order into the figures of its client and provider."""
        figures, order = self.client.client, self.order
        if order.published_at is not None:
            figures.total_orders += 1
            figures.completed_orders += order.status == Status.CONFIRMED
            figures.cancelled_orders += order.status == Status.CANCELLED
        if self.winner is not None and self.stars is not None:
            self.winner.rate(self.stars)


class Teller:
    """Makes orders from briefs."""

    def __init__(
        self, dice: Dice, catalog: Catalog, staff: Person, businesses: Businesses, now: datetime
    ) -> None:
        self.dice = dice
        self.catalog = catalog
        self.staff = staff
        self.now = now
        self.texts = Texts(dice)
        self.offering = {city.name: businesses.offering(city.name) for city in catalog.cities}

    def tell(self, brief: Brief) -> Story:
        """Make the order of a brief, its bids and its steps."""
        path = self.dice.choice(PATHS[brief.status]).split()
        city = self.catalog.city_of(brief.area)
        created, times = self._times(brief, path, ZoneInfo(city.zone))
        story = Story(brief.client, self._order(brief, city, created))
        order = story.order
        for name, at in zip(path, times, strict=True):
            to = brief.status if name == "resolve" else STEPS[name][0]
            setattr(order, _dated(name, to), at)
        order.status = brief.status
        order.updated_at = times[-1] if times else created
        order.service_date, order.service_time = self._day(brief, dict(zip(path, times)), created)
        self._choose_addons(story, brief, city)
        if "publish" in path:
            self._collect_bids(story, brief, path, times)
        self._walk(story, brief, path, times)
        return story

    def _times(
        self, brief: Brief, path: list[str], zone: ZoneInfo
    ) -> tuple[datetime, list[datetime]]:
        """When the order was made and when it took each step: by day, in order, in the past."""
        created = _waking(self.now - timedelta(days=brief.days), zone)
        gaps = [self.dice.uniform(*STEPS[name][1:]) for name in path]
        room = (self.now - created) / timedelta(hours=1) * 0.97
        scale = min(room / sum(gaps), 1) if gaps else 1
        times, at = [], created
        for gap in gaps:
            raw = at + timedelta(hours=gap * scale)
            at = max(_waking(raw, zone), at + timedelta(hours=gap * scale / 3))
            times.append(at)
        return created, times

    def _day(
        self, brief: Brief, steps: dict[str, datetime], created: datetime
    ) -> tuple[Any, time | None]:
        """The day and the hour that the work is wanted: ahead while it is not begun."""
        hour = time(self.dice.randint(8, 16), self.dice.choice((0, 0, 30)))
        if brief.status == Status.DRAFT and self.dice.chance(0.3):
            return None, None
        if brief.status in (Status.DRAFT, Status.PUBLISHED, Status.ASSIGNED):
            return self.now.date() + timedelta(days=self.dice.randint(2, 21)), hour
        begun = steps.get("start") or steps.get("dispute")
        if begun is not None:
            return begun.date(), hour
        return created.date() + timedelta(days=self.dice.randint(3, 20)), hour

    def _order(self, brief: Brief, city: City, created: datetime) -> Order:
        dice, area = self.dice, brief.area
        title, description = self.texts.request(brief.service.slug, brief.client.language, area)
        least, most = dice.uniform(0.7, 0.95), dice.uniform(1.1, 1.6)
        at_home = area is brief.client.area
        order = Order(
            id=dice.key(),
            client_profile=brief.client.client,
            service_subcategory=brief.service,
            area=area,
            title=title,
            description=description,
            location=brief.client.profile.address if at_home else address(dice, city),
            city=city.name,
            state=city.state,
            country=city.country,
            postal_code=area.postal_codes[0] if area.postal_codes else "",
            latitude=nearby(dice, area.latitude),
            longitude=nearby(dice, area.longitude),
            urgency=dice.choices([*Order.Urgency], [25, 45, 20, 10])[0],
            currency=city.currency,
            special_requirements=self.texts.one("requirements") if dice.chance(0.2) else "",
            is_featured=dice.chance(0.04),
            created_at=created,
        )
        if dice.chance(0.85):
            order.budget_min = local_price(brief.service.base_price, area, city.step, least)
            order.budget_max = local_price(brief.service.base_price, area, city.step, most)
        return order

    def _choose_addons(self, story: Story, brief: Brief, city: City) -> None:
        """Take some addons of the service along, with what they need."""
        offered = self.catalog.addons_of(brief.service)
        if not offered or self.dice.chance(0.6):
            return
        wanted = self.dice.some(offered, self.dice.randint(1, 2))
        chosen = {a.pk: a for one in wanted for a in (one, *self.catalog.needed_by(one))}
        story.addons = [self._addon(story.order, addon, brief, city) for addon in chosen.values()]

    def _addon(
        self, order: Order, addon: ServiceAddon, brief: Brief, city: City
    ) -> OrderAddon:
        return OrderAddon(
            id=self.dice.key(),
            order=order,
            addon=addon,
            quantity=self.dice.randint(addon.min_quantity, min(addon.max_quantity, 4)),
            currency=order.currency,
            price=local_price(addon.price, brief.area, city.step),
            created_at=order.created_at,
            updated_at=order.created_at,
        )

    def _collect_bids(
        self, story: Story, brief: Brief, path: list[str], times: list[datetime]
    ) -> None:
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
        """Verified providers of the city who offer the service, the favored among them."""
        known = self.offering[brief.area.city].get(brief.service.pk, [])
        # The more appeal, the likelier among the first.
        order = sorted(known, key=lambda b: self.dice.random() ** (1 / b.appeal), reverse=True)
        if brief.favored is not None:
            order = [brief.favored, *(b for b in order if b is not brief.favored)]
        bidders = order[: max(brief.bids, at_least)]
        return self.dice.sample(bidders, len(bidders))

    def _bid(self, order: Order, bidder: Business, brief: Brief, at: datetime) -> Bid:
        dice, service = self.dice, brief.service
        amount = self._amount(bidder, brief)
        return Bid(
            id=dice.key(),
            order=order,
            provider=bidder.profile,
            currency=order.currency,
            amount=amount,
            description=self.texts.bid(bidder.person.language, brief.client.language, brief.area),
            estimated_duration=max(round(service.estimated_duration * dice.uniform(0.8, 1.3), -1), 20),
            terms_conditions=self.texts.one("terms") if dice.chance(0.4) else "",
            is_negotiable=dice.chance(0.35),
            created_at=at,
        )

    def _amount(self, bidder: Business, brief: Brief) -> Money:
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
            progress_notes=self.texts.one("progress") if order.started_at else "",
            completion_notes=self.texts.one("completions") if done else "",
            created_at=at,
            updated_at=order.updated_at,
        )
        if order.status == Status.CONFIRMED and self.dice.chance(0.7):
            story.stars = self.dice.choices(range(1, 6), STARS)[0]

    def _walk(
        self, story: Story, brief: Brief, path: list[str], times: list[datetime]
    ) -> None:
        """Note each step with its actor, and the dispute where there is one."""
        stood = Status.DRAFT
        for name, at in zip(path, times, strict=True):
            to = brief.status if name == "resolve" else STEPS[name][0]
            step = OrderTransition(
                id=self.dice.key(),
                order=story.order,
                name=name,
                from_status=stood,
                to_status=to,
                actor=self._actor(story, name).user,
                note=self._note(story, name, at),
                created_at=at,
                updated_at=at,
            )
            story.steps.append(step)
            stood = to

    def _actor(self, story: Story, name: str) -> Person:
        """Who takes a step: the provider works, staff decides, the client does the rest."""
        if name == "resolve":
            return self.staff
        if name in ("start", "complete") and story.winner is not None:
            return story.winner.person
        return story.client

    def _note(self, story: Story, name: str, at: datetime) -> str:
        """What is said with a step."""
        if name == "complete" and story.assignment is not None:
            return story.assignment.completion_notes
        if name == "cancel":
            story.order.cancellation_reason = self.texts.one("cancellations")
            return story.order.cancellation_reason
        if name == "dispute":
            story.dispute = self._dispute(story, at)
            return story.dispute.description
        if name == "resolve" and story.dispute is not None:
            self._resolve(story.dispute, at)
            if story.order.status == Status.CANCELLED:
                story.order.cancellation_reason = story.dispute.resolution
            return story.dispute.resolution
        return ""

    def _dispute(self, story: Story, at: datetime) -> OrderDispute:
        kind, what, decision = self.texts.dispute(begun=story.order.started_at is not None)
        dispute = OrderDispute(
            id=self.dice.key(),
            order=story.order,
            opened_by=story.client.user,
            dispute_type=kind,
            description=what,
            status=OrderDispute.Status.OPEN,
            resolution=decision,
            created_at=at,
            updated_at=at,
        )
        if story.order.status == Status.DISPUTED:
            dispute.resolution = ""
            if self.dice.chance(0.4):
                dispute.status = OrderDispute.Status.IN_REVIEW
        return dispute

    def _resolve(self, dispute: OrderDispute, at: datetime) -> None:
        dispute.status = OrderDispute.Status.RESOLVED
        dispute.resolved_by, dispute.resolved_at = self.staff.user, at
        dispute.updated_at = at


def _dated(name: str, to: Status) -> str:
    """The column that dates a step."""
    if name == "resolve":
        return "confirmed_at" if to == Status.CONFIRMED else "cancelled_at"
    return DATED.get(name, "updated_at")


def _waking(at: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or one of the evening before where people sleep."""
    hour = at.astimezone(zone).hour
    return at - timedelta(hours=hour + 3) if hour < 7 else at
