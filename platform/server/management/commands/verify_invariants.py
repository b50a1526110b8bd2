"""Checks what is always true of the data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.invariants import invariants
from kernel.viewer import SYSTEM, acting_as

#: What one rule may take: it reads whole tables.
STATEMENT_TIMEOUT = "10min"


class Command(BaseCommand):
    """Check each rule, and tell its first breaches."""

    help = "Check what is always true of the data; the exit code is 1 where something is not."

    def handle(self, **options: Any) -> None:
        """Check; CommandError where a rule is broken."""
        broken = 0
        for found in invariants():
            # A transaction for each, so that none holds back those who read the event log.
            with acting_as(SYSTEM, statement_timeout=STATEMENT_TIMEOUT):
                breaches = found.breaches()
            broken += bool(breaches)
            self.stdout.write(f"{'BROKEN' if breaches else 'ok':6} {found.number:2} {found.rule}")
            for breach in breaches:
                self.stdout.write(f"          {breach}")
        if broken:
            raise CommandError(f"{broken} rules are broken.")
