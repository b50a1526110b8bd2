"""What a provider notes about a lead, for itself."""

from typing import Any

import pytest

from apps.leads.models import LeadAssignment
from tests.factories.cast import Cast
from tests.factories.leads import bought_lead
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status providerNotes version }"
NOTES = "query($id: ID!) { node(id: $id) { ... on LeadAssignment { providerNotes } } }"


def _note(
    graphql: GraphQL, held: LeadAssignment, notes: str, *, by: Any = None, **more: Any
) -> Answer:
    given = {"assignmentId": gid(held), "notes": notes, **more}
    return graphql.mutate("updateLeadNotes", given, HELD, by=by)


@pytest.mark.parametrize("status", ["ASSIGNED", "WON", "LOST", "REFUNDED"])
def test_a_provider_notes_something_at_any_time(graphql: GraphQL, cast: Cast, status: str):
    held = bought_lead(cast.ada_business, client=cast.ben)
    LeadAssignment.objects.update(status=status)

    with announced() as heard:
        first = _note(graphql, held, "Ring twice.", by=cast.ada, version=2)
        last = _note(graphql, held, "", by=cast.ada, version=3)

    noted = {"__typename": "LeadAssignment", "status": status}
    assert first.data["updateLeadNotes"] == noted | {"providerNotes": "Ring twice.", "version": 3}
    assert last.data["updateLeadNotes"] == noted | {"providerNotes": "", "version": 4}
    assert heard == []


def test_the_client_does_not_read_it(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)
    _note(graphql, held, "Haggles.", by=cast.ada)

    read = {
        who: graphql(NOTES, {"id": gid(held)}, by=getattr(cast, who)).data["node"]["providerNotes"]
        for who in ("ada", "ben", "dora")
    }

    assert read == {"ada": "Haggles.", "ben": None, "dora": "Haggles."}


@pytest.mark.parametrize(
    ("notes", "more", "code"),
    [("x" * 5_001, {}, "max_length"), ("x", {"version": 2}, "version_conflict")],
    ids=["long", "version"],
)
def test_too_much_and_an_old_version_are_refused(
    graphql: GraphQL, cast: Cast, notes: str, more: dict[str, int], code: str
):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = _note(graphql, held, notes, by=ada, **more)

    assert answer.code == code


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
def test_nobody_else_notes_anything(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = bought_lead(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _note(graphql, held, "x", by=user)

    assert answer.code == code
