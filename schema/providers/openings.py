"""When a provider is at work."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import relay

from apps.providers import models
from apps.providers.access import provider_visible_to
from apps.providers.hours import openings_of
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.ids import key
from schema.base.pagination import query
from schema.base.tariff import ListSizeDirective
from schema.providers.types import Opening

Whose = Annotated[relay.GlobalID, strawberry.argument(description="The provider.")]
Begin = Annotated[
    datetime, strawberry.argument(name="from", description="When the time asked about begins.")
]
End = Annotated[datetime, strawberry.argument(description="When it ends: up to 31 days later.")]


@strawberry.type
class OpeningsQuery:
    """Root fields of hours."""

    @query(
        gate=Anyone,
        description="When a provider is at work: its hours without its time off, in order.",
        size=ListSizeDirective(assumed_size=500),
    )
    def provider_openings(
        self, info: Info, provider_id: Whose, begin: Begin, until: End
    ) -> list[Opening]:
        """The hours of a provider between two instants."""
        provider = provider_visible_to(
            info.context.viewer, key(provider_id, of=models.ServiceProviderProfile)
        )
        return [
            Opening(starts_at=each.starts_at, ends_at=each.ends_at)
            for each in openings_of(provider, begin, until)
        ]
