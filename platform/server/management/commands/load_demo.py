"""Loads the demo data: a believable marketplace in four cities."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from apps.accounts import demo as accounts
from apps.catalog import demo as catalog
from apps.chat import demo as chat
from apps.core import demo as core
from apps.leads import demo as leads
from apps.orders import demo as orders
from apps.organizations.demo import STAFFED, owner_role, plan_crews
from apps.providers import demo as providers
from apps.providers.demo.papers import keep_file
from apps.providers.services.search import index_all
from apps.reviews import demo as reviews
from kernel import clock
from kernel.demo import store


class Command(BaseCommand):
    """Plan all rows in memory, then store them in batches."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --once, --seed and --scale."""
        parser.add_argument("--once", action="store_true", help="do nothing if it is there already")
        parser.add_argument("--seed", type=int, default=2026, help="another one, other people")
        parser.add_argument("--scale", type=int, default=1, help="so many times as much of it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it; CommandError when it is there already and --once was not said."""
        if core.is_loaded():
            if options["once"]:
                return
            raise CommandError("The demo data is there already.")
        groups = plan(options["seed"], options["scale"])
        total = sum(map(len, groups))
        orders.keep_files()
        chat.keep_files()
        keep_file()
        with tqdm(total=total, desc="Demo data", unit=" rows", leave=False) as bar:
            *groups, mark = groups
            for rows in groups:
                store(rows, bar.update)
            index_all(advance=int)
            # Last, for what it says is that all is there.
            store(mark, bar.update)
        # Else the first queries would be planned for empty tables.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def plan(seed: int, scale: int = 1) -> list[list[Any]]:
    """All rows of the demo data, by model, in an order that foreign keys allow; ``scale`` times as
    many people and orders as usual.
    """
    now = clock.now()
    places = catalog.plan(seed)
    people = accounts.plan(seed, places, now, scale)
    businesses = providers.plan(seed, places, people, owner_role())
    crews = plan_crews(
        seed,
        [business.tenant for business in businesses.everyone[:STAFFED]],
        # Ben stays a client: the first of them is he.
        [person.user.pk for person in people.clients[1:]],
        now,
    )
    work = orders.plan(seed, places, people, businesses, now, scale)
    wanted = leads.plan(seed, places, people, businesses, now)
    opinions = reviews.plan(seed, work, now)
    talk = chat.plan(seed, people, businesses, crews, work, now)
    return [
        *core.plan(seed, now.date()),
        *places.rows(),
        *people.rows(),
        *businesses.rows(),
        *crews.rows(),
        *work.rows(),
        *wanted.rows(),
        *opinions.rows(),
        *talk.rows(),
        *core.mark(seed),
    ]
