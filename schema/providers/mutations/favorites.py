"""The providers that clients keep in mind."""

import strawberry

from apps.accounts import access as account_access
from apps.accounts.services import favorites
from apps.providers import access
from apps.providers.models import ServiceProviderProfile as ProviderModel
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.providers.inputs import ProviderInput
from schema.providers.types import ServiceProviderProfile


@strawberry.type
class FavoritesMutation:
    """Mutations of favourites."""

    @mutation(gate=SignedIn, description="Keep a provider in mind.")
    def add_favorite_provider(self, info: Info, input: ProviderInput) -> ServiceProviderProfile:
        """Add a favourite."""
        viewer = info.context.viewer
        provider = access.provider_visible_to(viewer, key(input.provider_id, of=ProviderModel))
        client = account_access.client_of(viewer)
        favorites.add_favorite_provider(client=client, provider=provider)
        return provider

    @mutation(gate=SignedIn, description="Keep a provider in mind no longer.")
    def remove_favorite_provider(self, info: Info, input: ProviderInput) -> ServiceProviderProfile:
        """Remove a favourite."""
        viewer = info.context.viewer
        provider = access.provider_visible_to(viewer, key(input.provider_id, of=ProviderModel))
        client = account_access.client_of(viewer)
        favorites.remove_favorite_provider(client=client, provider=provider)
        return provider
