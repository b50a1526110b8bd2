"""Prints the accounts of the demo data with their passwords."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.demo import DEMO_ACCOUNTS

COLUMNS = ("email", "password", "label")


class Command(BaseCommand):
    """Print a line for each account, in columns."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        widths = [max(len(account[name]) for account in DEMO_ACCOUNTS) for name in COLUMNS]
        for account in DEMO_ACCOUNTS:
            cells = (
                account[name].ljust(width) for name, width in zip(COLUMNS, widths, strict=True)
            )
            self.stdout.write("  ".join(cells).rstrip())
