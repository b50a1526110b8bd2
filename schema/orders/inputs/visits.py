"""What mutations of visits take."""

from datetime import datetime

import strawberry
from strawberry import relay

from schema.base.mutation import Keyed


@strawberry.input(description="A time at which the provider shall come.")
class ProposeVisitInput(Keyed):
    """A new visit."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    starts_at: datetime = strawberry.field(description="When the provider comes.")
    ends_at: datetime = strawberry.field(
        description="When the provider goes: at most 24 hours later."
    )


@strawberry.input(description="A visit.")
class VisitInput:
    """Names a visit."""

    visit_id: relay.GlobalID = strawberry.field(description="The visit.")
