"""Credits of providers: what there is, what moved them, and what was bought."""

from datetime import datetime

import strawberry
import strawberry_django
from strawberry import auto

from apps.credits import models
from schema.accounts.types.users import User
from schema.base.types import Node, choices, money
from schema.leads.types.assignments import LeadAssignment
from schema.providers.types import ServiceProviderProfile

CreditTransactionType = choices(
    models.CreditTransaction.Type,
    "CreditTransactionType",
    "Why credits moved.",
    PURCHASE="They were bought.",
    DEDUCTION="A lead was paid with them.",
    REFUND="What a lead had cost was given back.",
    BONUS="They were a present.",
    ALLOCATION="They came with a plan.",
    EXPIRY="They were not spent in time.",
    ADJUSTMENT="Staff changed the balance.",
)
CreditTransactionStatus = choices(
    models.CreditTransaction.Status,
    "CreditTransactionStatus",
    "Where a row of the ledger stands.",
    COMPLETED="Its credits have moved: a row is written when they do, and not before.",
)
CreditPurchaseStatus = choices(
    models.CreditPurchase.Status,
    "CreditPurchaseStatus",
    "Where a purchase of credits stands.",
    PENDING="It is to be paid.",
    SETTLED="It was paid, and its credits are there.",
    FAILED="It was not paid, and brings nothing.",
)


@strawberry.type(description="A provider's credits at an instant.")
class CreditBalance:
    """What there is, or was, to spend."""

    at: datetime = strawberry.field(description="The instant.")
    credits: int = strawberry.field(description="Credits to spend at that instant.")
    expiring: int = strawberry.field(
        description="Those of the credits there are now that expire one day, and are spent first."
    )
    next_expiry_at: datetime | None = strawberry.field(
        description="When the next of these expire; null where none do."
    )


@strawberry_django.type(models.CreditTransaction)
class CreditTransaction(Node):
    """A row of a provider's ledger: credits that came or went. It is never changed or removed."""

    provider: ServiceProviderProfile
    number: auto
    transaction_type: models.CreditTransaction.Type
    amount: auto
    balance_after: auto
    status: models.CreditTransaction.Status
    reference: auto
    description: auto
    lead_assignment: LeadAssignment | None
    created_by: User | None
    created_at: auto


@strawberry_django.type(models.CreditPurchase)
class CreditPurchase(Node):
    """Credits that a provider wants to buy: they come once the price is paid."""

    provider: ServiceProviderProfile
    credits: auto
    status: models.CreditPurchase.Status
    failure: auto
    settled_at: auto
    transaction: CreditTransaction | None
    created_by: User
    created_at: auto
    updated_at: auto
    version: auto
    price = money(models.CreditPurchase, "price")


@strawberry.type(description="A ledger as a file.")
class CreditExport:
    """What exporting answers."""

    filename: str = strawberry.field(description="What to call the file.")
    rows: int = strawberry.field(description="How many rows it has, without its head.")
    content: str = strawberry.field(
        description="The file: comma-separated values (RFC 4180) in UTF-8."
    )
