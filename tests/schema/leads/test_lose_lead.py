"""Noting who did not get the job."""

from typing import Any

import pytest

from apps.leads.events import LeadLost
from apps.leads.models import LeadAssignment
from tests.factories.cast import Cast
from tests.factories.leads import bought, bought_lead
from tests.factories.providers import ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status wonAt lostAt version lead { status seatsLeft } }"


def _lose(graphql: GraphQL, held: LeadAssignment, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("loseLead", {"assignmentId": gid(held), **more}, HELD, by=by)


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_either_side_says_who_did_not_get_it(graphql: GraphQL, cast: Cast, who: str):
    held = bought_lead(cast.ada_business, client=cast.ben)
    rival = bought(held.lead, ProviderFactory())

    with announced() as heard:
        lost = _lose(graphql, held, by=getattr(cast, who), version=1).data["loseLead"]

    held.provider.refresh_from_db()
    rival.refresh_from_db()
    assert (lost["status"], bool(lost["lostAt"]), lost["wonAt"]) == ("LOST", True, None)
    assert lost["lead"] == {"status": "ASSIGNED", "seatsLeft": 1}
    assert (rival.status, held.provider.responses) == ("ASSIGNED", 0)
    assert heard == [
        LeadLost(
            lead_id=held.lead_id,
            client_user_id=cast.ben.pk,
            assignment_id=held.pk,
            provider_id=held.provider_id,
            provider_user_id=cast.ada.pk,
        )
    ]


@pytest.mark.parametrize("status", ["WON", "LOST", "REFUNDED"])
def test_what_is_over_stays_so(graphql: GraphQL, cast: Cast, status: str):
    held, ada, ben = bought_lead(cast.ada_business, client=cast.ben), cast.ada, cast.ben
    LeadAssignment.objects.update(status=status)

    with nothing_changes():
        answers = [_lose(graphql, held, by=by) for by in (ada, ben)]

    assert [answer.code for answer in answers] == ["not_running"] * 2


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = _lose(graphql, held, by=ada, version=2)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_says_so(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = bought_lead(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _lose(graphql, held, by=user)

    assert answer.code == code
