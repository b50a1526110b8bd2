"""The providers that a client keeps in mind."""

from typing import Any

from apps.accounts.models import ClientProfile


def add_favorite_provider(*, client: ClientProfile, provider: Any) -> None:
    """Keep a provider in mind; does nothing the second time."""
    client.favorite_providers.add(provider)


def remove_favorite_provider(*, client: ClientProfile, provider: Any) -> None:
    """Forget a provider; does nothing for one who was none."""
    client.favorite_providers.remove(provider)
