"""How an order of the demo data comes about, step by step."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.demo import Person, address, nearby
from apps.catalog.demo import Catalog, City, local_price
from apps.catalog.models import ServiceAddon
from apps.orders.demo.bidding import Bidding
from apps.orders.demo.story import Brief, Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import Order, OrderAddon, OrderDispute, OrderTransition, Party
from apps.providers.demo import Businesses
from kernel.demo import Dice

#: The ways to where an order stands, each as likely as it is repeated.
PATHS: dict[Status, list[str]] = {
    Status.DRAFT: [""],
    Status.PUBLISHED: ["publish"],
    Status.ASSIGNED: ["publish assign"],
    Status.IN_PROGRESS: ["publish assign start"],
    Status.COMPLETED: ["publish assign start complete"],
    Status.CONFIRMED: ["publish assign start complete confirm"] * 28
    + ["publish assign start complete dispute redo complete confirm"]
    + ["publish assign start complete dispute dismiss confirm"]
    + ["publish assign start complete dispute resolve"],
    Status.CANCELLED: ["cancel"]
    + ["publish cancel"] * 4
    + ["publish assign cancel"] * 2
    + ["publish assign dispute resolve"],
    Status.DISPUTED: ["publish assign dispute", "publish assign start dispute"]
    + ["publish assign start complete dispute"] * 2,
}
#: Where each step leads, and how many hours it comes after the one before, at least and at most.
#: How staff decide is said here by where that leads: back to work, nowhere, or to the end.
STEPS: dict[str, tuple[Status, float, float]] = {
    "publish": (Status.PUBLISHED, 0.1, 16),
    "assign": (Status.ASSIGNED, 6, 90),
    "start": (Status.IN_PROGRESS, 10, 120),
    "complete": (Status.COMPLETED, 1, 10),
    "confirm": (Status.CONFIRMED, 0.5, 60),
    "cancel": (Status.CANCELLED, 2, 96),
    "dispute": (Status.DISPUTED, 3, 72),
    "resolve": (Status.CONFIRMED, 24, 120),
    "redo": (Status.IN_PROGRESS, 24, 120),
    "dismiss": (Status.COMPLETED, 24, 120),
}
DECISIONS = ("resolve", "redo", "dismiss")
DATED = {
    "publish": "published_at",
    "assign": "assigned_at",
    "start": "started_at",
    "complete": "completed_at",
    "confirm": "confirmed_at",
    "cancel": "cancelled_at",
}


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
        self.bidding = Bidding(dice, self.texts, catalog, businesses, now)

    def tell(self, brief: Brief) -> Story:
        """Make the order of a brief, its bids and its steps."""
        path = self.dice.choice(PATHS[brief.status]).split()
        city = self.catalog.city_of(brief.area)
        created, times = self._times(brief, path, ZoneInfo(city.zone))
        story = Story(brief.client, self._order(brief, city, created))
        order = story.order
        for name, at in zip(path, times, strict=True):
            setattr(order, _dated(name, brief.status), at)
        order.status = brief.status
        order.updated_at = times[-1] if times else created
        steps = dict(zip(path, times, strict=True))
        order.service_date, order.service_time = self._day(brief, steps, created)
        self._choose_addons(story, brief, city)
        if "publish" in path:
            self.bidding.collect(story, brief, path, times)
        self._walk(story, path, times)
        return story

    def _times(
        self, brief: Brief, path: list[str], zone: ZoneInfo
    ) -> tuple[datetime, list[datetime]]:
        """When the order was made and when it took each step: by day, in order, in the past."""
        age = timedelta(days=brief.days * self.dice.uniform(0.97, 1))
        created = _waking((self.now - age).replace(second=0, microsecond=0), zone)
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
    ) -> tuple[date | None, time | None]:
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
        title, description = self.texts.request(brief.service, brief.client.language, area)
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
            urgency_is_named=True,
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

    def _addon(self, order: Order, addon: ServiceAddon, brief: Brief, city: City) -> OrderAddon:
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

    def _walk(self, story: Story, path: list[str], times: list[datetime]) -> None:
        """Note each step with its actor, and the dispute where there is one."""
        stood = Status.DRAFT
        for name, at in zip(path, times, strict=True):
            to = Status(story.order.status) if name == "resolve" else STEPS[name][0]
            step = OrderTransition(
                id=self.dice.key(),
                order=story.order,
                name="resolve" if name in DECISIONS else name,
                from_status=stood,
                to_status=to,
                actor=self._actor(story, name).user,
                note=self._note(story, name, stood, at),
                created_at=at,
                updated_at=at,
            )
            story.steps.append(step)
            stood = to

    def _actor(self, story: Story, name: str) -> Person:
        """Who takes a step: the provider works, staff decides, the client does the rest."""
        if name in DECISIONS:
            return self.staff
        if name in ("start", "complete") and story.winner is not None:
            return story.winner.person
        return story.client

    def _note(self, story: Story, name: str, stood: Status, at: datetime) -> str:
        """What is said with a step, but for a decision, which is made later."""
        if name == "complete" and story.assignment is not None:
            return story.assignment.completion_notes
        if name == "cancel":
            story.order.cancelled_by = Party.CLIENT
            story.order.cancellation_reason = self.texts.one("cancellations")
            return story.order.cancellation_reason
        if name == "dispute":
            story.dispute = self._dispute(story, stood, at)
            return story.dispute.description
        return ""

    def _dispute(self, story: Story, stood: Status, at: datetime) -> OrderDispute:
        kind, what = self.texts.dispute(begun=story.order.started_at is not None)
        dispute = OrderDispute(
            id=self.dice.key(),
            order=story.order,
            provider=story.winner.profile if story.winner else None,
            opened_by=story.client.user,
            dispute_type=kind,
            description=what,
            from_status=stood,
            currency=story.order.currency,
            status=OrderDispute.Status.OPEN,
            created_at=at,
            updated_at=at,
        )
        if story.order.status == Status.DISPUTED and self.dice.chance(0.4):
            dispute.status = OrderDispute.Status.IN_REVIEW
        return dispute


def _dated(name: str, end: Status) -> str:
    """The column that dates a step of an order that ended somewhere."""
    if name == "resolve":
        return "confirmed_at" if end == Status.CONFIRMED else "cancelled_at"
    return DATED.get(name, "updated_at")


def _waking(at: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or one of the day before where people sleep."""
    hour = at.astimezone(zone).hour
    # The minute, as good as chance, spreads them over the afternoon before.
    return at - timedelta(hours=hour + 3 + at.minute % 9) if hour < 7 else at
