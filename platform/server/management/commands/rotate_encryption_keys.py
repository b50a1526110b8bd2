"""Seals anew, by the newest of ENCRYPTION_KEYS, what older keys had sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from kernel.encryption import newest_key
from kernel.rotation import count_stale, rotate


class Command(BaseCommand):
    """Go through all encrypted columns, and say how many values it was. Safe to run again."""

    help = "Seal anew, by the newest key, what older keys had sealed; the old keys can go then."

    def handle(self, **options: Any) -> None:
        """Do it; CommandError where values cannot be read, which are named and left alone."""
        with tqdm(total=count_stale(), desc="Keys", unit=" values", leave=False) as bar:
            rotated = rotate(bar.update)
        self.stderr.write(f"Sealed anew by {newest_key()}: {rotated.changed}.")
        for place in rotated.unreadable:
            self.stderr.write(place)
        if rotated.unreadable:
            raise CommandError(f"Nobody can read {len(rotated.unreadable)} values.")
