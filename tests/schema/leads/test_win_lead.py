"""Noting who got the job."""

from typing import Any

import pytest

from apps.leads.events import LeadLost, LeadOfferEnded, LeadWon
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.services.outcomes import lose_lead
from apps.leads.services.refunds import request_refund
from kernel.invariants import invariants
from tests.factories.cast import Cast
from tests.factories.leads import bought, bought_lead, offer
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status wonAt lostAt version lead { status } }"


def _held(cast: Cast, **fields: Any) -> LeadAssignment:
    """A lead of Ben's that Ada has, bought for four credits."""
    return bought_lead(cast.ada_business, client=cast.ben, **fields)


def _rival(lead: Lead) -> LeadAssignment:
    """Another provider who has the same lead."""
    return bought(lead, ProviderFactory())


def _win(graphql: GraphQL, held: LeadAssignment, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("winLead", {"assignmentId": gid(held), **more}, HELD, by=by)


def _about(held: LeadAssignment) -> dict[str, Any]:
    return {
        "lead_id": held.lead_id,
        "client_user_id": held.lead.client_id,
        "assignment_id": held.pk,
        "provider_id": held.provider_id,
        "provider_user_id": held.provider.user_profile.user_id,
    }


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_either_side_says_who_got_the_job(graphql: GraphQL, cast: Cast, who: str):
    held, noise = _held(cast), _held(cast)

    with announced() as heard:
        won = _win(graphql, held, by=getattr(cast, who), version=1).data["winLead"]

    business = held.provider
    business.refresh_from_db()
    noise.refresh_from_db()
    assert (won["status"], won["lead"], won["version"]) == ("WON", {"status": "WON"}, 2)
    assert (bool(won["wonAt"]), won["lostAt"]) == (True, None)
    assert heard == [LeadWon(**_about(held))]
    assert (business.leads_received, business.leads_won, business.conversion_rate) == (2, 1, 50)
    assert (business.responses, noise.status) == (1, "ASSIGNED")


def test_the_others_lost_and_nobody_can_have_it_any_more(graphql: GraphQL, cast: Cast):
    held = _held(cast, max_providers=4)
    running, gone = _rival(held.lead), lose_lead(assignment=_rival(held.lead))
    told = offer(held.lead, ProviderFactory())

    with announced() as heard:
        _win(graphql, held, by=cast.ben)

    running.refresh_from_db()
    lost_before, told_of = gone.lost_at, [str(told.provider.user_profile.user_id)]
    gone.refresh_from_db()
    told.refresh_from_db()
    assert (running.status, bool(running.lost_at)) == ("LOST", True)
    assert (gone.status, gone.lost_at) == ("LOST", lost_before)
    assert (told.state, told.reason, bool(told.ended_at)) == ("ENDED", "TAKEN", True)
    assert heard == [
        LeadLost(**_about(running)),
        LeadOfferEnded(lead_id=held.lead_id, user_ids=told_of),
        LeadWon(**_about(held)),
    ]


def test_what_was_won_by_one_is_won_by_no_other(graphql: GraphQL, cast: Cast):
    held, ada, ben = _held(cast), cast.ada, cast.ben
    rival = _rival(held.lead)
    _win(graphql, rival, by=ben)

    with nothing_changes():
        answers = [_win(graphql, held, by=by) for by in (ada, ben)]

    assert [answer.code for answer in answers] == ["not_running"] * 2
    assert LeadAssignment.objects.filter(status="WON").count() == 1


@pytest.mark.parametrize("status", ["WON", "LOST", "REFUNDED"])
def test_from_what_is_over_nothing_is_won(graphql: GraphQL, cast: Cast, status: str):
    held, ada = _held(cast), cast.ada
    LeadAssignment.objects.update(status=status)

    with nothing_changes():
        answer = _win(graphql, held, by=ada)

    assert answer.code == "not_running"


@pytest.mark.parametrize("status", ["CANCELLED", "REJECTED", "EXPIRED"])
def test_a_lead_that_was_called_off_is_won_by_nobody(graphql: GraphQL, cast: Cast, status: str):
    held, ada = _held(cast), cast.ada
    Lead.objects.update(status=status)

    with nothing_changes():
        answer = _win(graphql, held, by=ada)

    assert answer.code == "illegal_transition"
    assert answer.refusal["message"] == (
        f"This cannot be done with a lead that is {status.lower()}."
    )


def test_who_asked_for_a_refund_may_still_get_the_job(graphql: GraphQL, cast: Cast):
    held = _held(cast)
    request_refund(assignment=held, reason=RefundReasonFactory())

    won = _win(graphql, held, by=cast.ben).data["winLead"]

    held.refresh_from_db()
    assert (won["status"], held.refund_status) == ("WON", "REQUESTED")
    assert [found.rule for found in invariants() if found.breaches()] == []


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    held, ada = _held(cast), cast.ada

    with nothing_changes():
        answer = _win(graphql, held, by=ada, version=2)

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
    held, user = _held(cast), getattr(cast, who)

    with nothing_changes():
        answer = _win(graphql, held, by=user)

    assert answer.code == code


def test_a_rival_does_not_say_so(graphql: GraphQL, cast: Cast):
    held = _held(cast)
    rival = _rival(held.lead).provider.user_profile.user

    with nothing_changes():
        answer = _win(graphql, held, by=rival)

    assert answer.code == "not_found"


def test_matches_of_others_stay_as_they_were(graphql: GraphQL, cast: Cast):
    held, noise = _held(cast), offer(_held(cast).lead, ProviderFactory())

    _win(graphql, held, by=cast.ada)

    assert LeadMatch.objects.get(pk=noise.pk).state == "OFFERED"
