"""Looking at a lead that one has."""

import pytest

from apps.leads.events import LeadViewed
from apps.leads.models import LeadAssignment
from tests.factories.cast import Cast
from tests.factories.leads import bought_lead
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status viewedAt version }"


def test_the_first_look_counts_and_a_later_one_is_none(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)
    given = {"assignmentId": gid(held)}

    with announced() as heard:
        first = graphql.mutate("viewLeadAssignment", given, HELD, by=cast.ada).data
        again = graphql.mutate("viewLeadAssignment", given, HELD, by=cast.ada).data

    viewed = first["viewLeadAssignment"]
    held.provider.refresh_from_db()
    assert (viewed["status"], bool(viewed["viewedAt"]), viewed["version"]) == ("VIEWED", True, 2)
    assert again == first
    assert held.provider.responses == 0
    assert heard == [
        LeadViewed(
            lead_id=held.lead_id,
            client_user_id=cast.ben.pk,
            assignment_id=held.pk,
            provider_id=held.provider_id,
            provider_user_id=cast.ada.pk,
        )
    ]


@pytest.mark.parametrize("status", ["CONTACTED", "QUOTED", "WON", "LOST", "REFUNDED"])
def test_what_is_further_along_stays_there(graphql: GraphQL, cast: Cast, status: str):
    held = bought_lead(cast.ada_business, client=cast.ben)
    LeadAssignment.objects.update(status=status)

    shown = graphql.mutate("viewLeadAssignment", {"assignmentId": gid(held)}, HELD, by=cast.ada)

    viewed = shown.data["viewLeadAssignment"]
    assert (viewed["status"], bool(viewed["viewedAt"])) == (status, True)


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
def test_the_look_of_another_does_not_count(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = bought_lead(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("viewLeadAssignment", {"assignmentId": gid(held)}, by=user)

    assert answer.code == code


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = graphql.mutate("viewLeadAssignment", {"assignmentId": gid(held.lead)}, by=ada)

    assert answer.code == "invalid_id"
