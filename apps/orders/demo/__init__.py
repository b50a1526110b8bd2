"""The orders' part of the demo data: two thousand of them, in all states, with their bids."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.demo import People, Person, favorites
from apps.catalog.demo import Catalog
from apps.orders.demo.bargaining import Bargaining
from apps.orders.demo.disputing import Disputing
from apps.orders.demo.files import keep_files
from apps.orders.demo.shopping import Shopping
from apps.orders.demo.story import Brief, Story
from apps.orders.demo.telling import Teller
from apps.orders.demo.working import Working
from apps.orders.models import Order
from apps.providers.demo import Businesses
from kernel.demo import Dice

ORDERS = 2000

#: How many of a hundred orders stand where, and how many days old they are, at least and at most.
STATES: dict[Order.Status, tuple[int, float, float]] = {
    Order.Status.DRAFT: (6, 0.1, 14),
    Order.Status.PUBLISHED: (22, 0.1, 12),
    Order.Status.ASSIGNED: (9, 1, 14),
    Order.Status.IN_PROGRESS: (6, 2, 12),
    Order.Status.COMPLETED: (7, 2, 16),
    Order.Status.CONFIRMED: (36, 4, 90),
    Order.Status.CANCELLED: (10, 3, 90),
    Order.Status.DISPUTED: (4, 4, 25),
}
#: Those of a hundred orders with so many bids, from none to eight.
BIDS = (9, 16, 20, 19, 14, 9, 6, 4, 3)
#: Ben's orders: where each stands, for what, its age in days, how many bid, whether Ada is in it.
BENS = (
    (Order.Status.CONFIRMED, "regular-home-cleaning", 41, 4, False),
    (Order.Status.CONFIRMED, "light-fitting-installation", 24, 3, True),
    (Order.Status.COMPLETED, "blocked-drain-clearing", 8, 4, True),
    (Order.Status.IN_PROGRESS, "socket-or-switch-replacement", 6, 3, True),
    (Order.Status.ASSIGNED, "electrical-fault-finding", 4, 5, True),
    (Order.Status.PUBLISHED, "leaking-tap-repair", 2, 5, True),
    (Order.Status.PUBLISHED, "garden-tidy-up", 1, 3, False),
    (Order.Status.DRAFT, "tv-wall-mounting", 0.3, 0, False),
)
#: Work that is asked for more often than other work.
POPULAR = ("plumbing", "electrical", "cleaning")


__all__ = ["Orders", "keep_files", "plan"]


@dataclass(frozen=True)
class Orders:
    """All orders, the oldest first."""

    stories: list[Story]

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        stories = self.stories
        loved = [
            (story.client.client.pk, story.winner.profile.pk)
            for story in stories
            if story.winner is not None and story.stars == 5
        ]
        return [
            [story.order for story in stories],
            [addon for story in stories for addon in story.addons],
            [file for story in stories for file in story.attachments],
            [bid for story in stories for bid in story.bids],
            [offer for story in stories for offer in story.counter_offers],
            [story.assignment for story in stories if story.assignment],
            [visit for story in stories for visit in story.visits],
            [note for story in stories for note in story.notes],
            [picture for story in stories for picture in story.pictures],
            [step for story in stories for step in story.steps],
            [story.dispute for story in stories if story.dispute],
            [shown for story in stories for shown in story.evidence],
            favorites([*dict.fromkeys(loved)]),
        ]


def plan(
    seed: int,
    catalog: Catalog,
    people: People,
    businesses: Businesses,
    now: datetime,
    scale: int = 1,
) -> Orders:
    """Make all orders, and count them into the figures of their clients and providers; ``scale``
    times as many as usual.
    """
    ben = Teller(Dice(seed, "ben"), catalog, people.cast.dora, businesses, now)
    stories = [ben.tell(_for_ben(people, catalog, businesses, *line)) for line in BENS]
    dice = Dice(seed, "orders")
    teller = Teller(dice, catalog, people.cast.dora, businesses, now)
    briefs = _briefs(dice, catalog, people, businesses, ORDERS * scale - len(BENS))
    stories += [teller.tell(brief) for brief in briefs]
    bargaining = Bargaining(Dice(seed, "bargaining"), catalog, now)
    shopping = Shopping(Dice(seed, "shopping"), catalog, now)
    working = Working(Dice(seed, "working"), now)
    disputing = Disputing(Dice(seed, "disputing"), now)
    for number, story in enumerate(stories):
        bargaining.go_through(story)
        # Ben's orders stand where it was said.
        shopping.go_through(story, may_expire=number >= len(BENS))
        working.go_through(story)
        disputing.go_through(story)
        story.count()
    return Orders(stories)


def _for_ben(
    people: People,
    catalog: Catalog,
    businesses: Businesses,
    status: Order.Status,
    slug: str,
    days: float,
    bids: int,
    with_ada: bool,
) -> Brief:
    ben = people.cast.ben
    ada = businesses.ada if with_ada else None
    return Brief(ben, catalog.service(slug), ben.area, status, days, bids, ada)


def _briefs(
    dice: Dice, catalog: Catalog, people: People, businesses: Businesses, count: int
) -> list[Brief]:
    """What the orders of the others shall be, the oldest first."""
    # Ben's orders are told one by one, so that examples can rely on them.
    clients = people.clients[1:]
    zeal = [dice.paretovariate(1.5) for _ in clients]
    offered = {city.name: businesses.offering(city.name) for city in catalog.cities}
    statuses = dice.choices([*STATES], [share for share, _, _ in STATES.values()], k=count)
    ages = {i: dice.uniform(*STATES[status][1:]) for i, status in enumerate(statuses)}
    return [
        _brief(dice, catalog, client, offered[client.city.name], statuses[i], ages[i])
        for i, client in zip(
            sorted(ages, key=lambda i: -ages[i]),
            dice.choices(clients, zeal, k=count),
            strict=True,
        )
    ]


def _brief(
    dice: Dice,
    catalog: Catalog,
    client: Person,
    offered: dict[Any, Any],
    status: Order.Status,
    age: float,
) -> Brief:
    services = [service for service in catalog.services if service.pk in offered]
    popular = {trade.pk for trade in catalog.trades if trade.slug in POPULAR}
    weights = [3 if service.category.parent_id in popular else 1 for service in services]
    service = dice.choices(services, weights)[0]
    area = client.area if dice.chance(0.7) else dice.choice(client.city.areas)
    bids = dice.choices(range(len(BIDS)), BIDS)[0]
    return Brief(client, service, area, status, age, bids, None)
