"""What is always true of leads."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from apps.credits.models import CreditTransaction
from apps.leads.models import Lead, LeadAssignment
from apps.providers.models import ServiceProviderProfile
from kernel.invariants import invariant

Type = CreditTransaction.Type


@invariant(
    4, "every lead in the hands of a provider was paid for once, and given back at most once"
)
def payments() -> Iterator[str]:
    """Assignments whose rows of the ledger are not one deduction of their cost by their provider,
    and as much given back where they were refunded.
    """
    rows = CreditTransaction.objects.filter(
        lead_assignment=OuterRef("pk"), provider=OuterRef("provider")
    )
    taken = rows.filter(transaction_type=Type.DEDUCTION).values("amount")
    given = rows.filter(transaction_type=Type.REFUND).values("amount")
    assignments = LeadAssignment.objects.all_with_deleted().annotate(
        taken=Coalesce(Subquery(taken), 0), given=Coalesce(Subquery(given), 0)
    )
    is_refunded = Q(status=LeadAssignment.Status.REFUNDED)
    right = is_refunded & Q(given=F("credit_cost")) | ~is_refunded & Q(given=0)
    for found in assignments.exclude(right, taken=-F("credit_cost")).order_by("pk").iterator():
        yield (
            f"The assignment {found.pk} cost {found.credit_cost}: {-found.taken} were taken,"
            f" {found.given} given back."
        )


@invariant(4, "no lead is in more hands than it has seats")
def seats() -> Iterator[str]:
    """Leads whose seats are not counted right, or more than there are."""
    held = LeadAssignment.objects.filter(lead=OuterRef("pk")).order_by().values("lead")
    counted = Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0)
    leads = Lead.objects.annotate(held=counted)
    wrong = leads.exclude(held=F("seats_taken")) | leads.filter(held__gt=F("max_providers"))
    for lead in wrong.order_by("pk").iterator():
        yield (
            f"The lead {lead.pk} is in {lead.held} hands, says {lead.seats_taken},"
            f" and has {lead.max_providers} seats."
        )


@invariant(4, "the figures of providers are those of their leads")
def figures() -> Iterator[str]:
    """Providers whose leads received or won are not those that they have."""
    held = LeadAssignment.objects.all_with_deleted().filter(provider=OuterRef("pk"))
    counts = {
        "received": held.exclude(status=LeadAssignment.Status.REFUNDED),
        "won": held.filter(status=LeadAssignment.Status.WON),
    }
    providers = ServiceProviderProfile.objects.all_with_deleted().annotate(
        **{
            name: Coalesce(
                Subquery(rows.order_by().values("provider").annotate(n=Count("pk")).values("n")),
                0,
            )
            for name, rows in counts.items()
        }
    )
    for found in providers.exclude(leads_received=F("received"), leads_won=F("won")).order_by("pk"):
        yield (
            f"The provider {found.pk} says {found.leads_received} leads and {found.leads_won} won:"
            f" there are {found.received} and {found.won}."
        )
