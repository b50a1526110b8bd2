"""Finding providers."""

from collections.abc import Iterable
from typing import Annotated

import strawberry
from strawberry import relay

from apps.providers import models, selectors
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.providers.filters import ProviderFilter, ProviderOrder
from schema.providers.inputs import NearInput
from schema.providers.types import ServiceProviderProfile

Near = Annotated[
    NearInput | None, strawberry.argument(description="Where they have to be at work.")
]


def _providers(info: Info, near: Near = None) -> Iterable[ServiceProviderProfile]:
    """All providers; those near a point, nearest first, where one is given."""
    rows = models.ServiceProviderProfile.objects.all()
    if near is None:
        return rows
    circle = selectors.Circle(near.latitude, near.longitude, near.radius_km)
    return selectors.within(rows, circle)


@strawberry.type
class ProvidersQuery:
    """Root fields of providers."""

    providers: Connection[ServiceProviderProfile] = connection(
        gate=Anyone,
        filters=ProviderFilter,
        order=ProviderOrder,
        description="Businesses that carry out services, nearest first where `near` is given.",
        resolver=_providers,
    )

    @query(gate=Anyone, description="A provider.")
    def provider(self, info: Info, id: relay.GlobalID) -> ServiceProviderProfile:
        """A provider by id."""
        return fetch(models.ServiceProviderProfile, id, info)
