"""Buying credits, changing balances by hand, and taking ledgers along."""

import strawberry

from apps.credits import access
from apps.credits.services import exports, ledger, purchases
from apps.providers.access import acting_provider
from apps.providers.models import ServiceProviderProfile
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.limits import Limit
from schema.base.mutation import mutation
from schema.credits.inputs import (
    AdjustCreditsInput,
    ExportCreditTransactionsInput,
    PurchaseCreditsInput,
)
from schema.credits.types import CreditExport, CreditPurchase, CreditTransaction

#: A file holds many rows, of which each is read.
EXPORT_COST = 100


@strawberry.type
class CreditsMutation:
    """Mutations of credits."""

    @mutation(
        gate=SignedIn,
        description="Ask for credits: they come once their price is paid.",
    )
    def purchase_credits(self, info: Info, input: PurchaseCreditsInput) -> CreditPurchase:
        """Open a purchase."""
        viewer = info.context.viewer
        return purchases.purchase_credits(
            provider=acting_provider(viewer), credits=input.credits, by=viewer.user
        )

    @mutation(
        gate=staff("credits.add_credittransaction", fresh=True),
        description="Change a provider's balance by hand; nobody changes their own.",
    )
    def adjust_credits(self, info: Info, input: AdjustCreditsInput) -> CreditTransaction:
        """Adjust a balance."""
        provider_id = key(input.provider_id, of=ServiceProviderProfile)
        return ledger.adjust_credits(
            provider_id=access.adjusted_by(info.context.viewer, provider_id).pk,
            credits=input.credits,
            description=input.description,
            is_bonus=input.is_bonus,
            expires_at=input.expires_at,
        )

    @mutation(
        gate=SignedIn,
        limit=Limit("EXPORT"),
        cost=EXPORT_COST,
        description="The ledger of a time, up to 10,000 rows, as a file for spreadsheets.",
    )
    def export_credit_transactions(
        self, info: Info, input: ExportCreditTransactionsInput
    ) -> CreditExport:
        """Export a ledger."""
        of = input.provider_id
        named = None if of is None else key(of, of=ServiceProviderProfile)
        found = exports.export_transactions(
            provider=access.wallet_owner(info.context.viewer, named),
            since=input.since,
            until=input.until,
        )
        return CreditExport(filename=found.filename, rows=found.rows, content=found.content)
