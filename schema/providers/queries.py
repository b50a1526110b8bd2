"""Finding providers."""

import strawberry
from strawberry import relay

from apps.providers import models
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.providers.filters import ProviderFilter, ProviderOrder
from schema.providers.types import ServiceProviderProfile


@strawberry.type
class ProvidersQuery:
    """Root fields of providers."""

    providers: Connection[ServiceProviderProfile] = connection(
        gate=Anyone,
        filters=ProviderFilter,
        order=ProviderOrder,
        description="Businesses that carry out services.",
    )

    @query(gate=Anyone, description="A provider.")
    def provider(self, info: Info, id: relay.GlobalID) -> ServiceProviderProfile:
        """A provider by id."""
        return fetch(models.ServiceProviderProfile, id, info)
