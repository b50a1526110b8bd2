"""Checks what is always true of the data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.invariants import verified


class Command(BaseCommand):
    """Check each rule, and tell its first breaches."""

    help = "Check what is always true of the data; the exit code is 1 where something is not."

    def handle(self, **options: Any) -> None:
        """Check; CommandError where a rule is broken."""
        broken = 0
        for found, breaches in verified():
            broken += bool(breaches)
            self.stdout.write(f"{'BROKEN' if breaches else 'ok':6} {found.number:2} {found.rule}")
            for breach in breaches:
                self.stdout.write(f"          {breach}")
        if broken:
            raise CommandError(f"{broken} rules are broken.")
