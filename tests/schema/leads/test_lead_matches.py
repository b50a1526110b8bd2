"""Who was looked at for a lead: for themselves, as far as they were told, and for staff."""

from typing import Any

import pytest

from apps.leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.core import staff_with
from tests.factories.leads import offer, open_lead
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: LeadMatchFilter, $order: [LeadMatchOrder!]) {
  leadMatches(filter: $filter, order: $order) { totalCount edges { node {
    rank score state reason offeredAt isAutomatic scoringVersion
    parts { name value } lead { id contactPhone } provider { id }
  } } }
}"""
NEXT = {"state": "REJECTED", "reason": "AWAY", "offered_at": None}


def _listed(graphql: GraphQL, user: Any, **variables: Any) -> list[dict[str, Any]]:
    found = graphql(LIST, variables, by=user).data["leadMatches"]
    nodes = [edge["node"] for edge in found["edges"]]
    assert found["totalCount"] == len(nodes)
    return nodes


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """A lead of Ben's that Ada was offered, and for which two more were looked at."""
    lead = open_lead(client=cast.ben)
    offer(lead, cast.ada_business, parts={"rating": 0.5, "distance": 1})
    offer(lead, ProviderFactory(), state="WAITING", offered_at=None)
    offer(lead, ProviderFactory(), **NEXT)
    return lead


def test_a_provider_reads_what_it_was_told_of(graphql: GraphQL, cast: Cast, lead: Lead):
    (match,) = _listed(graphql, cast.ada)

    assert match.pop("offeredAt")
    assert match == {
        "rank": 1,
        "score": 70,
        "state": "OFFERED",
        "reason": None,
        "isAutomatic": False,
        "scoringVersion": 1,
        "parts": [{"name": "distance", "value": 1.0}, {"name": "rating", "value": 0.5}],
        "lead": {"id": gid(lead), "contactPhone": None},
        "provider": {"id": gid(cast.ada_business)},
    }


def test_who_was_only_looked_at_reads_nothing_of_it(graphql: GraphQL, cast: Cast):
    offer(open_lead(client=cast.ben), cast.ada_business, **NEXT)

    assert _listed(graphql, cast.ada) == []


def test_staff_read_all_and_why_not(graphql: GraphQL, cast: Cast, lead: Lead):
    staff = staff_with("view_leadmatch", "view_lead")

    found = _listed(graphql, staff, order=[{"rank": "ASC"}])

    assert [(match["rank"], match["state"], match["reason"]) for match in found] == [
        (1, "OFFERED", None),
        (2, "WAITING", None),
        (3, "REJECTED", "AWAY"),
    ]


@pytest.mark.parametrize("who", ["ben", "cleo", "eve"])
def test_others_read_nothing(graphql: GraphQL, cast: Cast, lead: Lead, who: str):
    assert _listed(graphql, getattr(cast, who)) == []


def test_the_signed_out_are_refused(graphql: GraphQL, lead: Lead):
    assert graphql(LIST).code == "not_signed_in"


@pytest.mark.parametrize(
    ("condition", "ranks"),
    [
        ({"state": "WAITING"}, [2]),
        ({"state": "REJECTED"}, [3]),
        ({"lead": {"city": {"exact": "Durban"}}}, []),
        ({"lead": {"status": "VERIFIED"}}, [1, 2, 3]),
    ],
    ids=str,
)
def test_they_are_filtered(
    graphql: GraphQL, cast: Cast, lead: Lead, condition: dict[str, Any], ranks: list[int]
):
    found = _listed(graphql, cast.dora, filter=condition, order=[{"rank": "ASC"}])

    assert [match["rank"] for match in found] == ranks
