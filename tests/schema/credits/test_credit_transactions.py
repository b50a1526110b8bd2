"""The ledger, as its owner and staff read it."""

import pytest

from apps.credits.services.ledger import adjust_credits
from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.support.graphql import GraphQL, gid

LEDGER = """
query($filter: CreditTransactionFilter, $order: [CreditTransactionOrder!]) {
  creditTransactions(filter: $filter, order: $order) {
    totalCount
    edges { node { number transactionType amount balanceAfter description status } }
  }
}
"""


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """Ada was given five credits and lost two; Cleo has some as well."""
    give_credits(cast.ada_business, 5)
    adjust_credits(provider_id=cast.ada_business.pk, credits=-2, description="Too many")
    give_credits(cast.cleo.profile.provider_profile, 9)
    return cast


def numbers(answer) -> list[int]:
    """The numbers of the rows that were listed."""
    return [edge["node"]["number"] for edge in answer.data["creditTransactions"]["edges"]]


def test_a_provider_reads_its_own_newest_first(graphql: GraphQL, moved: Cast):
    found = graphql(LEDGER, by=moved.ada).data["creditTransactions"]

    assert found["totalCount"] == 2
    assert [edge["node"] for edge in found["edges"]] == [
        {
            "number": 2,
            "transactionType": "ADJUSTMENT",
            "amount": -2,
            "balanceAfter": 3,
            "description": "Too many",
            "status": "COMPLETED",
        },
        {
            "number": 1,
            "transactionType": "BONUS",
            "amount": 5,
            "balanceAfter": 5,
            "description": "A present",
            "status": "COMPLETED",
        },
    ]


def test_it_is_filtered_and_ordered(graphql: GraphQL, moved: Cast):
    bonus = graphql(LEDGER, {"filter": {"transactionType": "BONUS"}}, by=moved.ada)
    oldest = graphql(LEDGER, {"order": [{"number": "ASC"}]}, by=moved.ada)

    assert (numbers(bonus), numbers(oldest)) == ([1], [1, 2])


def test_staff_read_all_and_those_of_one(graphql: GraphQL, moved: Cast):
    of_ada = {"filter": {"provider": {"id": {"exact": gid(moved.ada_business)}}}}

    all_of_them = graphql(LEDGER, by=moved.dora)

    assert all_of_them.data["creditTransactions"]["totalCount"] == 3
    assert numbers(graphql(LEDGER, of_ada, by=moved.dora)) == [2, 1]


@pytest.mark.parametrize("who", ["ben", "eve"])
def test_others_read_none(graphql: GraphQL, moved: Cast, who: str):
    found = graphql(LEDGER, by=getattr(moved, who))

    assert found.data["creditTransactions"] == {"totalCount": 0, "edges": []}


def test_the_signed_out_are_refused(graphql: GraphQL, moved: Cast):
    assert graphql(LEDGER).code == "not_signed_in"
