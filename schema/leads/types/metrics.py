"""How leads fare."""

import strawberry

from apps.leads import metrics


@strawberry.type(
    description="What became of the leads that were handed over in a time, and the credits that"
    " moved in it. Shares are in percent of those received and not refunded; null of none."
)
class LeadMetrics:
    """The figures of a provider, or of the whole platform."""

    figures: strawberry.Private[metrics.LeadMetrics]

    created: int | None = strawberry.field(
        description="Leads that were made; for staff, of the whole platform."
    )
    verified: int | None = strawberry.field(description="Those of them that were verified.")
    received: int = strawberry.field(description="Times that a lead was handed to a provider.")
    viewed: int = strawberry.field(description="How many of these were looked at.")
    answered: int = strawberry.field(description="How many clients were got in touch with.")
    quoted: int = strawberry.field(description="How many were named a price.")
    won: int = strawberry.field(description="How many became a job.")
    lost: int = strawberry.field(description="How many became somebody else's.")
    refunded: int = strawberry.field(description="How many were given back.")
    response_minutes: int | None = strawberry.field(
        description="Minutes until the provider got in touch: the median. Null where none has."
    )
    credits_purchased: int = strawberry.field(description="Credits that were bought.")
    credits_spent: int = strawberry.field(description="Credits that leads cost.")
    credits_refunded: int = strawberry.field(description="Credits that were given back.")
    credits_granted: int = strawberry.field(description="Credits of presents and of plans.")
    credits_expired: int = strawberry.field(description="Credits that were not spent in time.")

    @strawberry.field(description="How many were looked at, in percent.")
    def view_rate(self) -> float | None:
        """Those looked at."""
        return self.figures.share(self.figures.viewed)

    @strawberry.field(description="How many were answered, in percent.")
    def answer_rate(self) -> float | None:
        """Those answered."""
        return self.figures.share(self.figures.answered)

    @strawberry.field(description="How many became a job, in percent.")
    def conversion_rate(self) -> float | None:
        """Those won."""
        return self.figures.share(self.figures.won)
