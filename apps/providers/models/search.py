"""What providers are found by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from apps.providers.models.profiles import ServiceProviderProfile


class ProviderSearchEntry(models.Model):
    """The words of a provider in all languages, kept beside it for the index."""

    provider = models.OneToOneField(
        ServiceProviderProfile, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    words = SearchVectorField()

    class Meta:
        verbose_name_plural = "provider search entries"
        indexes = [GinIndex(fields=["words"], name="provider_words")]

    def __str__(self) -> str:
        return str(self.pk)
