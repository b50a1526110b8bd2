"""Reading credits."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import relay

from apps.credits import access
from apps.credits.selectors import balance_of
from apps.providers.models import ServiceProviderProfile
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.pagination import Connection, connection, query
from schema.credits.filters import (
    CreditPurchaseFilter,
    CreditPurchaseOrder,
    CreditTransactionFilter,
    CreditTransactionOrder,
)
from schema.credits.types import CreditBalance, CreditPurchase, CreditTransaction


@strawberry.type
class CreditsQuery:
    """Root fields of credits."""

    @query(gate=SignedIn, description="What one's own business has to spend, or had once.")
    def credit_balance(
        self,
        info: Info,
        at: Annotated[
            datetime | None, strawberry.argument(description="At which instant; now without it.")
        ] = None,
        provider_id: Annotated[
            relay.GlobalID | None,
            strawberry.argument(description="Whose, for staff; one's own business without it."),
        ] = None,
    ) -> CreditBalance:
        """The balance of a provider."""
        named = None if provider_id is None else key(provider_id, of=ServiceProviderProfile)
        return balance_of(access.wallet_owner(info.context.viewer, named).pk, at=at)

    credit_transactions: Connection[CreditTransaction] = connection(
        gate=SignedIn,
        filters=CreditTransactionFilter,
        order=CreditTransactionOrder,
        description="The ledger of one's own business; all of them for staff.",
    )
    credit_purchases: Connection[CreditPurchase] = connection(
        gate=SignedIn,
        filters=CreditPurchaseFilter,
        order=CreditPurchaseOrder,
        description="What one's own business bought, or is to pay; all of it for staff.",
    )
