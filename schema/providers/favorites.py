"""The providers that a client keeps in mind."""

from collections.abc import Iterable

import strawberry

from apps.providers.selectors import favorites_of
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.pagination import Connection, connection
from schema.providers.filters import ProviderFilter
from schema.providers.types import ServiceProviderProfile


def _favorites(info: Info) -> Iterable[ServiceProviderProfile]:
    """The favourites of who asks."""
    return favorites_of(info.context.viewer.user_id)


@strawberry.type
class FavoritesQuery:
    """Root fields of favourites."""

    favorite_providers: Connection[ServiceProviderProfile] = connection(
        gate=SignedIn,
        filters=ProviderFilter,
        description="The providers that one keeps in mind, the newest first.",
        resolver=_favorites,
    )
