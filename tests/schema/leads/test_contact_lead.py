"""Getting in touch with who asked."""

from datetime import timedelta
from typing import Any

import pytest

from apps.leads.events import LeadContacted
from apps.leads.models import LeadAssignment
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.leads import bought_lead
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status viewedAt contactedAt version }"


def _contact(graphql: GraphQL, held: LeadAssignment, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("contactLead", {"assignmentId": gid(held), **more}, HELD, by=by)


def test_the_first_time_counts_and_tells_how_fast_the_provider_is(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)
    LeadAssignment.objects.update(assigned_at=clock.now() - timedelta(minutes=30, seconds=5))

    with announced() as heard:
        first = _contact(graphql, held, by=cast.ada, version=2).data
        again = _contact(graphql, held, by=cast.ada, version=3).data

    shown = first["contactLead"]
    held.provider.refresh_from_db()
    assert (shown["status"], shown["viewedAt"], shown["version"]) == ("CONTACTED", None, 3)
    assert shown["contactedAt"]
    assert again == first
    assert (held.provider.responses, held.provider.response_time_minutes) == (1, 30)
    assert heard == [
        LeadContacted(
            lead_id=held.lead_id,
            client_user_id=cast.ben.pk,
            assignment_id=held.pk,
            provider_id=held.provider_id,
            provider_user_id=cast.ada.pk,
        )
    ]


def test_who_named_a_price_and_calls_later_stays_there(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)
    LeadAssignment.objects.update(status="QUOTED", quoted_at=clock.now())

    shown = _contact(graphql, held, by=cast.ada).data["contactLead"]

    held.provider.refresh_from_db()
    assert (shown["status"], bool(shown["contactedAt"])) == ("QUOTED", True)
    assert held.provider.responses == 0


@pytest.mark.parametrize("status", ["WON", "LOST", "REFUNDED"])
def test_of_what_is_over_nothing_comes(graphql: GraphQL, cast: Cast, status: str):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada
    LeadAssignment.objects.update(status=status)

    with nothing_changes():
        answer = _contact(graphql, held, by=ada)

    assert answer.code == "not_running"


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = _contact(graphql, held, by=ada, version=2)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_says_so(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = bought_lead(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _contact(graphql, held, by=user)

    assert answer.code == code
