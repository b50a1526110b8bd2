"""What is always true of credits."""

from collections.abc import Iterable, Iterator

from django.db.models import F, Max, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from apps.credits.models import CreditLot, CreditPurchase, CreditTransaction, CreditWallet
from kernel.invariants import invariant


@invariant(1, "the balance of a wallet is the sum of its ledger, and never below zero")
def balances() -> Iterator[str]:
    """Wallets whose balance, or number of rows, is not their ledger's; ledgers without a wallet."""
    rows = CreditTransaction.objects.filter(provider=OuterRef("provider")).order_by()
    of_provider = rows.values("provider")
    wallets = CreditWallet.objects.annotate(
        sum=Coalesce(Subquery(of_provider.annotate(sum=Sum("amount")).values("sum")), 0),
        last=Coalesce(Subquery(of_provider.annotate(last=Max("number")).values("last")), 0),
    )
    wrong = wallets.exclude(balance=F("sum"), entries=F("last")) | wallets.filter(balance__lt=0)
    for wallet in wrong.order_by("pk").iterator():
        yield (
            f"The wallet {wallet.pk} holds {wallet.balance} after {wallet.entries} moves,"
            f" its ledger {wallet.sum} after {wallet.last}."
        )
    orphans = CreditTransaction.objects.filter(provider__credit_wallet=None)
    for key in orphans.order_by("provider").values_list("provider", flat=True).distinct():
        yield f"The provider {key} has a ledger and no wallet."


@invariant(1, "each row of a ledger leaves what the one before it left, and its amount")
def running_balances() -> Iterator[str]:
    """Rows whose balance is not the sum of the ledger up to them."""
    running = Window(Sum("amount"), partition_by="provider", order_by="number")
    rows = CreditTransaction.objects.annotate(running=running)
    for row in rows.exclude(balance_after=F("running")).order_by("pk").iterator():
        yield f"The row {row.pk} says {row.balance_after}, the ledger {row.running}."


@invariant(1, "credits that expire are a part of the balance")
def lots() -> Iterator[str]:
    """Lots of which more is left than there was, and wallets that hold less than their lots."""
    for lot in CreditLot.objects.filter(remaining__gt=F("transaction__amount")).order_by("pk"):
        yield f"The lot {lot.pk} holds more than it was given."
    left = CreditLot.objects.filter(provider=OuterRef("provider")).order_by().values("provider")
    held = Coalesce(Subquery(left.annotate(sum=Sum("remaining")).values("sum")), 0)
    wallets = CreditWallet.objects.annotate(held=held)
    for wallet in wallets.filter(balance__lt=F("held")).order_by("pk"):
        yield f"The wallet {wallet.pk} holds {wallet.balance}, its lots {wallet.held}."


@invariant(7, "each settled purchase has brought its credits, and each such row its purchase")
def purchases() -> Iterable[str]:
    """Purchases whose row of the ledger is another's or of another amount, and rows of none."""
    settled = CreditPurchase.objects.filter(status=CreditPurchase.Status.SETTLED)
    wrong = settled.exclude(transaction__amount=F("credits"), transaction__provider=F("provider"))
    for purchase in wrong.order_by("pk"):
        yield f"The purchase {purchase.pk} did not bring what was paid."
    bought = CreditTransaction.objects.filter(
        Q(transaction_type=CreditTransaction.Type.PURCHASE), purchase=None
    )
    for key in bought.order_by("pk").values_list("pk", flat=True):
        yield f"The row {key} was bought by no purchase."
