"""Prints the accounts of the demo data with their passwords."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.demo import DEMO_ACCOUNTS


class Command(BaseCommand):
    """Print a line for each account, in columns."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        rows = [(who["email"], who["password"], who["label"]) for who in DEMO_ACCOUNTS]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = map(str.ljust, row, widths)
            self.stdout.write("  ".join(cells).rstrip())
