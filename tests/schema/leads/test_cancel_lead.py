"""Taking a lead back, and turning one down."""

from typing import Any

import pytest

from apps.leads.access import token_of
from apps.leads.events import LeadCancelled, LeadRejected
from apps.leads.models import Lead
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.leads import LeadAssignmentFactory, LeadFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

LEAD = "... on Lead { status rejectionReason rejectionNote cancelledAt }"
SHOW = f"{LEAD} ... on VisitorLead {{ status }}"
OPEN = ["PENDING", "VERIFIED", "ASSIGNED"]
OVER = ["WON", "CONVERTED", "REJECTED", "CANCELLED"]


def _cancel(graphql: GraphQL, lead: Lead, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("cancelLead", {"leadId": gid(lead), **more}, SHOW, by=by)


def _reject(graphql: GraphQL, lead: Lead, *, by: Any = None, **more: Any) -> Answer:
    given = {"leadId": gid(lead), "reason": "SPAM", **more}
    return graphql.mutate("rejectLead", given, LEAD, by=by)


@pytest.mark.parametrize("status", OPEN)
def test_a_client_takes_a_lead_back(graphql: GraphQL, cast: Cast, status: str):
    lead = LeadFactory(client=cast.ben, status=status)

    with announced() as heard:
        shown = _cancel(graphql, lead, by=cast.ben, version=1).data["cancelLead"]

    assert (shown["status"], bool(shown["cancelledAt"])) == ("CANCELLED", True)
    assert heard == [LeadCancelled(lead_id=lead.pk, client_user_id=cast.ben.pk)]


def test_a_visitor_takes_a_lead_back_by_its_token(graphql: GraphQL, cast: Cast):
    lead = LeadFactory(client=None)

    shown = _cancel(graphql, lead, visitorToken=token_of(lead.pk))

    assert shown.data["cancelLead"] == {"__typename": "VisitorLead", "status": "CANCELLED"}


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ada", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_found"),
    ],
)
def test_nobody_else_takes_it_back(graphql: GraphQL, cast: Cast, who: str, code: str):
    lead = LeadFactory(client=cast.ben, status="ASSIGNED")
    LeadAssignmentFactory(lead=lead, provider=cast.ada_business)
    user = getattr(cast, who)

    with nothing_changes():
        answer = _cancel(graphql, lead, by=user)

    assert answer.code == code


def test_who_is_signed_in_has_no_use_for_a_token(graphql: GraphQL, cast: Cast):
    lead, user = LeadFactory(client=None), cast.ben

    with nothing_changes():
        answer = _cancel(graphql, lead, by=user, visitorToken=token_of(lead.pk))

    assert answer.code == "not_found"


@pytest.mark.parametrize("status", OVER)
def test_what_is_over_stays_as_it_is(graphql: GraphQL, cast: Cast, status: str):
    lead, ben, dora = LeadFactory(client=cast.ben, status=status), cast.ben, cast.dora

    with nothing_changes():
        answers = [_cancel(graphql, lead, by=ben), _reject(graphql, lead, by=dora)]

    assert [answer.code for answer in answers] == ["illegal_transition"] * 2


@pytest.mark.parametrize("status", ["PENDING", "VERIFIED", "EXPIRED"])
def test_what_expired_stays_as_it_is_before_it_is_marked_so(
    graphql: GraphQL, cast: Cast, status: str
):
    lead = LeadFactory(client=cast.ben, status=status, expires_at=clock.now())
    ben, dora = cast.ben, cast.dora

    with nothing_changes():
        answers = [_cancel(graphql, lead, by=ben), _reject(graphql, lead, by=dora)]

    assert [answer.code for answer in answers] == ["lead_expired"] * 2


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    lead, ben, dora = LeadFactory(client=cast.ben), cast.ben, cast.dora

    with nothing_changes():
        answers = [
            _cancel(graphql, lead, by=ben, version=2),
            _reject(graphql, lead, by=dora, version=2),
        ]

    assert [answer.code for answer in answers] == ["version_conflict"] * 2


@pytest.mark.parametrize("status", OPEN)
def test_staff_turn_a_lead_down(graphql: GraphQL, cast: Cast, status: str):
    lead = LeadFactory(client=cast.ben, status=status)

    with announced() as heard:
        shown = _reject(graphql, lead, by=cast.dora, note="Sells watches.").data["rejectLead"]

    assert (shown["status"], shown["rejectionReason"]) == ("REJECTED", "SPAM")
    assert shown["rejectionNote"] == "Sells watches."
    assert heard == [LeadRejected(lead_id=lead.pk, client_user_id=cast.ben.pk, reason="SPAM")]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_staff_alone_turn_leads_down(graphql: GraphQL, cast: Cast, who: str, code: str):
    lead, user = LeadFactory(client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _reject(graphql, lead, by=user)

    assert answer.code == code
