"""Renews the words that providers are found by."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.providers.models import ServiceProviderProfile
from apps.providers.services.search import index_all


class Command(BaseCommand):
    """Go through all providers by key, a transaction for each batch."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Index them all."""
        total = ServiceProviderProfile.objects.all_with_deleted().count()
        with tqdm(total=total, desc="Providers", unit=" rows", leave=False) as bar:
            index_all(advance=bar.update)
        self.stdout.write(f"{total} providers are found by their words of today.")
