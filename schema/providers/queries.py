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
    NearInput | None,
    strawberry.argument(
        description="Where they have to be at work. Of their bases, degrees count to two decimals."
    ),
]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="Words to find them by, in English, French or Russian, up to 200 characters:"
        ' all have to be there, "words in quotes" in that order, `-words` not at all; `or` parts'
        " alternatives, and the last word may be unfinished."
    ),
]


def _providers(
    info: Info, near: Near = None, search: Search = None
) -> Iterable[ServiceProviderProfile]:
    """All providers; those near a point, nearest first, where one is given; those that a text
    finds, the best match first, where there is one.
    """
    rows = models.ServiceProviderProfile.objects.all()
    if near is not None:
        circle = selectors.Circle(near.latitude, near.longitude, near.radius_km)
        rows = selectors.within(rows, circle)
    return rows if search is None else selectors.matching(rows, search)


@strawberry.type
class ProvidersQuery:
    """Root fields of providers."""

    providers: Connection[ServiceProviderProfile] = connection(
        gate=Anyone,
        filters=ProviderFilter,
        order=ProviderOrder,
        description="Businesses that carry out services: the best match first where `search` is"
        " given, else nearest first where `near` is.",
        resolver=_providers,
    )

    @query(gate=Anyone, description="A provider.")
    def provider(self, info: Info, id: relay.GlobalID) -> ServiceProviderProfile:
        """A provider by id."""
        return fetch(models.ServiceProviderProfile, id, info)
