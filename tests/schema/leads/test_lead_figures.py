"""What leads come to in a provider's figures, and in its ledger."""

import pytest

from apps.leads.services.outcomes import win_lead
from tests.factories.cast import Cast
from tests.factories.leads import bought_lead
from tests.support.graphql import GraphQL, gid

FIGURES = "query($id: ID!) { provider(id: $id) { leadsReceived leadsWon conversionRate } }"
LEDGER = """
{ creditTransactions(filter: { transactionType: DEDUCTION }) { edges { node {
  amount leadAssignment { id lead { id } } } } } }
"""


@pytest.mark.parametrize(
    ("who", "figures"), [("ada", [2, 1, "50.00"]), ("dora", [2, 1, "50.00"]), ("cleo", [None] * 3)]
)
def test_a_provider_reads_how_many_it_won(graphql: GraphQL, cast: Cast, who: str, figures: list):
    won, _ = bought_lead(cast.ada_business), bought_lead(cast.ada_business)
    win_lead(assignment=won)

    found = graphql(FIGURES, {"id": gid(cast.ada_business)}, by=getattr(cast, who))

    assert [*found.data["provider"].values()] == figures


def test_the_ledger_names_what_was_paid_for(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business)

    (edge,) = graphql(LEDGER, by=cast.ada).data["creditTransactions"]["edges"]

    assigned = {"id": gid(held), "lead": {"id": gid(held.lead)}}
    assert edge["node"] == {"amount": -4, "leadAssignment": assigned}
