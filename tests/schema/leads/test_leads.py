"""Reading leads: who sees which, and what of them."""

from typing import Any

import pytest

from apps.leads.access import token_of
from apps.leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.leads import LeadAssignmentFactory, LeadFactory
from tests.support.graphql import GraphQL, gid

SHOW = (
    "title description contactName contactPhone contactEmail address suburb postalCode latitude"
    " longitude isDuplicate verificationScore verificationSignals { name } codeDelivery viewerCan"
    " client { name } rejectionNote"
)
ONE = f"query($id: ID!) {{ lead(id: $id) {{ {SHOW} }} }}"
LIST = (
    "query($filter: LeadFilter, $order: [LeadOrder!]) { leads(filter: $filter, order: $order)"
    " { totalCount edges { node { title } } } }"
)
VISITORS = "query($t: String!) { visitorLead(token: $t) { id title needsCode } }"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """A lead of Ben's that says how to reach him in its own words too."""
    found: Lead = LeadFactory(
        client=cast.ben,
        status="ASSIGNED",
        title="Roof, call 082 123 4567",
        description="Or write to ben@example.org.",
        suburb="Woodstock",
        postal_code="7925",
        latitude=-33.9,
        longitude=18.4,
        verification_score=70,
        verification_details={
            "version": 1,
            "signals": [{"name": "area", "weight": 1, "value": 1.0, "points": 1.0, "reason": "x"}],
        },
    )
    return found


def _titles(answer: Any) -> list[str]:
    return [edge["node"]["title"] for edge in answer.data["leads"]["edges"]]


def test_a_client_reads_all_of_a_lead(graphql: GraphQL, cast: Cast, lead: Lead):
    shown = graphql(ONE, {"id": gid(lead)}, by=cast.ben).data["lead"]

    assert (shown["title"], shown["description"]) == (lead.title, lead.description)
    assert (shown["contactPhone"], shown["latitude"]) == ("+27821234567", -33.9)
    assert shown["verificationSignals"] == [{"name": "area"}]
    assert (shown["isDuplicate"], shown["client"]) == (False, {"name": "Ben Botha"})
    assert shown["rejectionNote"] is None


def test_a_provider_who_paid_reads_how_to_reach_the_client(
    graphql: GraphQL, cast: Cast, lead: Lead
):
    LeadAssignmentFactory(lead=lead, provider=cast.ada_business)

    shown = graphql(ONE, {"id": gid(lead)}, by=cast.ada).data["lead"]

    assert (shown["title"], shown["description"]) == (lead.title, lead.description)
    assert (shown["contactName"], shown["contactPhone"]) == ("Sam", "+27821234567")
    assert (shown["verificationScore"], shown["verificationSignals"]) == (70, None)
    assert (shown["isDuplicate"], shown["codeDelivery"], shown["viewerCan"]) == (None, None, [])


def test_a_provider_who_did_not_pay_reads_what_is_wanted_alone(
    graphql: GraphQL, cast: Cast, lead: Lead
):
    LeadAssignmentFactory(lead=lead, provider=cast.ada_business, refunded=True)

    shown = graphql(ONE, {"id": gid(lead)}, by=cast.ada).data["lead"]

    assert (shown["title"], shown["description"]) == ("Roof, call •••", "Or write to •••.")
    hidden = (
        *("contactName", "contactPhone", "contactEmail", "address", "suburb", "postalCode"),
        *("latitude", "longitude", "client"),
    )
    assert {shown[name] for name in hidden} == {None}


def test_staff_read_all_of_it(graphql: GraphQL, cast: Cast, lead: Lead):
    shown = graphql(ONE, {"id": gid(lead)}, by=cast.dora).data["lead"]

    assert (shown["title"], shown["contactPhone"]) == (lead.title, "+27821234567")
    assert (shown["isDuplicate"], shown["rejectionNote"]) == (False, "")
    assert shown["viewerCan"] == ["rejectLead"]


@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("eve", "not_found"), ("nobody", "not_signed_in")]
)
def test_others_do_not_find_it(graphql: GraphQL, cast: Cast, lead: Lead, who: str, code: str):
    answer = graphql(ONE, {"id": gid(lead)}, by=getattr(cast, who))

    assert answer.code == code


def test_everybody_lists_their_own(graphql: GraphQL, cast: Cast):
    LeadFactory(client=cast.ben, title="Ben's")
    LeadAssignmentFactory(lead__title="Ada's", provider=cast.ada_business)
    LeadFactory(client=None, title="A visitor's")

    listed = {who: _titles(graphql(LIST, by=getattr(cast, who))) for who in ("ben", "ada", "cleo")}

    assert listed == {"ben": ["Ben's"], "ada": ["Ada's"], "cleo": []}
    assert graphql(LIST, by=cast.dora).data["leads"]["totalCount"] == 3
    assert graphql(LIST).code == "not_signed_in"


@pytest.mark.parametrize(
    "condition",
    [
        {"status": "PENDING"},
        {"urgency": "URGENT"},
        {"city": {"exact": "Durban"}},
        {"verificationScore": {"gte": 80}},
        {"isDuplicate": True},
    ],
    ids=str,
)
def test_leads_are_filtered(graphql: GraphQL, cast: Cast, condition: dict[str, Any]):
    noise = LeadFactory(client=cast.ben)
    LeadFactory(
        client=cast.ben,
        title="Wanted",
        status="PENDING",
        urgency="URGENT",
        city="Durban",
        verification_score=80,
        duplicate_of=noise,
    )

    found = graphql(LIST, {"filter": condition}, by=cast.ben)

    assert _titles(found) == ["Wanted"]


def test_a_filter_tells_providers_nothing_of_duplicates(graphql: GraphQL, cast: Cast):
    lead = LeadFactory(client=cast.ben, duplicate_of=LeadFactory(client=cast.ben))
    LeadAssignmentFactory(lead=lead, provider=cast.ada_business)

    found = [
        graphql(LIST, {"filter": {"isDuplicate": value}}, by=cast.ada) for value in (True, False)
    ]

    assert [_titles(answer) for answer in found] == [[], []]


def test_leads_are_ordered_by_their_score(graphql: GraphQL, cast: Cast):
    for score in (20, 90, 50):
        LeadFactory(client=cast.ben, title=str(score), verification_score=score)

    found = graphql(LIST, {"order": [{"verificationScore": "DESC"}]}, by=cast.ben)

    assert _titles(found) == ["90", "50", "20"]


def test_a_visitor_reads_a_lead_by_its_token(graphql: GraphQL, cast: Cast):
    lead = LeadFactory(client=None)

    shown = graphql(VISITORS, {"t": token_of(lead.pk)})

    assert shown.data["visitorLead"] == {"id": gid(lead), "title": lead.title, "needsCode": False}


def test_a_token_of_nobody_and_one_of_a_client_s_lead_show_nothing(graphql: GraphQL, cast: Cast):
    lead = LeadFactory(client=cast.ben)

    answers = [graphql(VISITORS, {"t": token}) for token in ("", "x", token_of(lead.pk))]

    assert [answer.code for answer in answers] == ["not_found"] * 3
