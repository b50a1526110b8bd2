"""What the orders of the demo data cost by the catalog, how long they are open, and their files."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.catalog.demo import Catalog
from apps.catalog.models import ServicePackage
from apps.catalog.pricing import ChosenAddon, Terms, Wish, price
from apps.catalog.urgency import Urgency
from apps.orders.demo.files import PLAN, plan
from apps.orders.demo.story import Status, Story
from apps.orders.demo.texts import Texts
from apps.orders.models import OrderAttachment, OrderTransition
from kernel.demo import Dice
from kernel.uploads import PDF

#: What urgencies add where nobody set anything else, and for how many days orders are open then.
PERCENT = {Urgency.HIGH: Decimal(10), Urgency.URGENT: Decimal(25)}
OPEN_DAYS = 30


class Shopping:
    """Prices orders, ends some, and gives some a file."""

    def __init__(self, dice: Dice, catalog: Catalog, now: datetime) -> None:
        self.dice = dice
        self.texts = Texts(dice)
        self.now = now
        self.packages: dict[UUID, list[ServicePackage]] = {}
        for package in catalog.packages:
            self.packages.setdefault(package.subcategory_id, []).append(package)
        self.packed: dict[UUID, set[UUID]] = {}
        for package, addon in catalog.packed:
            self.packed.setdefault(package.pk, set()).add(addon.pk)

    def go_through(self, story: Story, *, may_expire: bool) -> None:
        """Price an order, say until when it takes bids, and give it what goes with it."""
        offered = self.packages.get(story.order.service_subcategory_id)
        if offered and self.dice.chance(0.3):
            story.order.package = self.dice.choice(offered)
        self._price(story)
        if story.order.published_at is not None:
            self._limit(story, may_expire=may_expire and self.dice.chance(0.25))
        if self.dice.chance(0.08):
            self._attach(story)

    def _price(self, story: Story) -> None:
        order = story.order
        wish = Wish(
            subcategory=order.service_subcategory,
            addons=[ChosenAddon(row.addon, row.quantity) for row in story.addons],
            package=order.package,
            area=order.area,
            urgency=Urgency(order.urgency),
        )
        packed = self.packed.get(order.package.pk, set()) if order.package else set()
        terms = Terms(urgency_percent=PERCENT, packed=frozenset(packed))
        quote = price(wish, terms, now=self.now)
        order.estimated_price = quote.total
        order.estimated_duration = quote.estimated_duration
        order.price_lines = [line.as_row() for line in quote.lines]
        for row in story.addons:
            row.price = quote.unit_price_of(row.addon)

    def _limit(self, story: Story, *, may_expire: bool) -> None:
        """Have an order be open for as long as such orders are; end some whose day went by."""
        order, opened = story.order, story.order.published_at
        assert opened is not None
        zone = ZoneInfo(order.area.time_zone) if order.area else UTC
        age = (self.now - opened).days
        is_over = may_expire and order.status == Status.PUBLISHED and age >= 3
        if is_over:
            order.service_date = (opened + timedelta(days=self.dice.randint(1, age - 1))).date()
        order.expires_at = opened + timedelta(days=OPEN_DAYS)
        if order.service_date is not None:
            day_ends = datetime.combine(order.service_date, time(23, 59, 59), zone)
            order.expires_at = min(order.expires_at, day_ends)
        if is_over:
            self._expire(story, order.expires_at)

    def _expire(self, story: Story, at: datetime) -> None:
        story.order.status = Status.EXPIRED
        story.order.updated_at = at
        story.steps.append(
            OrderTransition(
                id=self.dice.key(),
                order=story.order,
                name="expire",
                from_status=Status.PUBLISHED,
                to_status=Status.EXPIRED,
                created_at=at,
                updated_at=at,
            )
        )

    def _attach(self, story: Story) -> None:
        at = story.order.created_at
        story.attachments.append(
            OrderAttachment(
                id=self.dice.key(),
                order=story.order,
                file=PLAN,
                name="plan.pdf",
                caption=self.texts.one("attachments"),
                content_type=PDF,
                size=len(plan()),
                created_at=at,
                updated_at=at,
            )
        )
