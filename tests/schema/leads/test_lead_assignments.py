"""Leads in the hands of providers, as each side lists them."""

from typing import Any

import pytest

from apps.leads.models import LeadAssignment
from tests.factories.cast import Cast
from tests.factories.core import staff_with
from tests.factories.leads import bought, bought_lead
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: LeadAssignmentFilter, $order: [LeadAssignmentOrder!]) {
  leadAssignments(filter: $filter, order: $order) {
    totalCount edges { node { id status creditCost matchScore providerNotes viewerCan } }
  }
}"""
OF_LEAD = """query($id: ID!) { lead(id: $id) {
  assignments { totalCount edges { node { id } } }
} }"""


def _listed(graphql: GraphQL, user: Any, **variables: Any) -> list[dict[str, Any]]:
    found = graphql(LIST, variables, by=user).data["leadAssignments"]
    nodes = [edge["node"] for edge in found["edges"]]
    assert found["totalCount"] == len(nodes)
    return nodes


@pytest.fixture
def held(cast: Cast) -> list[LeadAssignment]:
    """A lead of Ben's that Ada and a rival have, and one of a stranger's."""
    first = bought_lead(cast.ada_business, client=cast.ben)
    return [first, bought(first.lead, ProviderFactory()), bought_lead(ProviderFactory())]


def test_each_lists_its_own(graphql: GraphQL, cast: Cast, held: list[LeadAssignment]):
    listed = {
        who: {node["id"] for node in _listed(graphql, getattr(cast, who))}
        for who in ("ada", "ben", "cleo", "dora", "eve")
    }

    first, rival, other = map(gid, held)
    assert listed == {
        "ada": {first},
        "ben": {first, rival},
        "cleo": set(),
        "dora": {first, rival, other},
        "eve": set(),
    }
    assert graphql(LIST).code == "not_signed_in"


def test_what_it_cost_is_for_who_paid_and_staff(
    graphql: GraphQL, cast: Cast, held: list[LeadAssignment]
):
    (adas,), bens = _listed(graphql, cast.ada), _listed(graphql, cast.ben)
    doras = _listed(graphql, staff_with("view_leadassignment"))

    assert (adas["creditCost"], adas["matchScore"], adas["providerNotes"]) == (4, 70, "")
    assert {(b["creditCost"], b["matchScore"], b["providerNotes"]) for b in bens} == {
        (None, None, None)
    }
    assert {each["creditCost"] for each in doras} == {4}


def test_what_each_may_do_is_told(graphql: GraphQL, cast: Cast, held: list[LeadAssignment]):
    (adas,), bens = _listed(graphql, cast.ada), _listed(graphql, cast.ben)
    doras = _listed(graphql, cast.dora)

    assert adas["viewerCan"] == [
        *("viewLeadAssignment", "contactLead", "quoteLead", "updateLeadNotes"),
        *("requestLeadRefund", "winLead", "loseLead"),
    ]
    assert [each["viewerCan"] for each in bens] == [["winLead", "loseLead"]] * 2
    assert {*map(tuple, (each["viewerCan"] for each in doras))} == {
        ("approveLeadRefund", "rejectLeadRefund")
    }


@pytest.mark.parametrize(
    ("who", "count"), [("ben", 2), ("ada", 1), ("dora", 2)], ids=["client", "holder", "staff"]
)
def test_a_lead_tells_who_has_it_to_who_may_know(
    graphql: GraphQL, cast: Cast, held: list[LeadAssignment], who: str, count: int
):
    shown = graphql(OF_LEAD, {"id": gid(held[0].lead)}, by=getattr(cast, who)).data["lead"]

    assert shown["assignments"]["totalCount"] == count


def test_they_are_filtered_and_ordered(graphql: GraphQL, cast: Cast, held: list[LeadAssignment]):
    LeadAssignment.objects.filter(pk=held[1].pk).update(status="LOST")
    conditions: list[dict[str, Any]] = [
        {"status": "LOST"},
        {"id": {"exact": gid(held[1])}},
        {"assignedAt": {"gt": held[0].assigned_at.isoformat()}},
        {"lead": {"status": "ASSIGNED"}},
        {"lead": {"status": "WON"}},
    ]

    found = [
        [node["id"] for node in _listed(graphql, cast.ben, filter=condition)]
        for condition in conditions
    ]
    ordered = _listed(graphql, cast.ben, order=[{"assignedAt": "ASC"}])

    first, rival = map(gid, held[:2])
    assert found[:3] == [[rival]] * 3
    assert (sorted(found[3]), found[4]) == (sorted([first, rival]), [])
    assert [node["id"] for node in ordered] == [first, rival]
