"""Taking a seat of a lead that was offered, and paying for it."""

from datetime import timedelta
from typing import Any

import pytest

from apps.credits.models import CreditTransaction, CreditWallet
from apps.leads.events import LeadAssigned, LeadTaken
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.invariants import invariants
from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.factories.leads import bought_lead, offer, open_lead
from tests.factories.providers import ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status creditCost matchScore isAutomatic viewerCan }"
LEAD = """query($id: ID!) { lead(id: $id) {
  title contactName contactPhone contactEmail address price seatsLeft viewerCan
  priceExplanation { version base urgencyPercent scorePercent }
} }"""
PRICED = {"version": 1, "base": 5, "urgency_percent": 100, "score_percent": 80.0}
NOT_OPEN = [status for status in Lead.Status if status not in ("VERIFIED", "ASSIGNED")]
HIDDEN = dict.fromkeys(("contactName", "contactPhone", "contactEmail", "address"))


def _offered(cast: Cast, *, credits: int = 10, **fields: Any) -> Lead:
    """A lead of Ben's for four credits, offered to Ada, who has some."""
    lead = open_lead(**({"client": cast.ben, "price_details": PRICED} | fields))
    offer(lead, cast.ada_business)
    give_credits(cast.ada_business, credits)
    return lead


def _claim(graphql: GraphQL, lead: Any, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("claimLead", {"leadId": gid(lead), **more}, HELD, by=by)


def _kinds(heard: list[Any]) -> list[str]:
    return [type(fact).__name__ for fact in heard]


def test_who_was_offered_a_lead_has_it_for_its_price(graphql: GraphQL, cast: Cast):
    lead, business = _offered(cast), cast.ada_business

    with announced() as heard:
        claimed = _claim(graphql, lead, by=cast.ada, price=4).data["claimLead"]

    held, charge = LeadAssignment.objects.get(), CreditTransaction.objects.get(number=2)
    lead.refresh_from_db()
    business.refresh_from_db()
    assert claimed == {
        "__typename": "LeadAssignment",
        "status": "ASSIGNED",
        "creditCost": 4,
        "matchScore": 70,
        "isAutomatic": False,
        "viewerCan": [
            *("viewLeadAssignment", "contactLead", "quoteLead", "updateLeadNotes"),
            *("requestLeadRefund", "winLead", "loseLead"),
        ],
    }
    assert (charge.amount, charge.balance_after, charge.lead_assignment) == (-4, 6, held)
    assert (lead.status, lead.seats_taken, business.leads_received) == ("ASSIGNED", 1, 1)
    assert [*LeadMatch.objects.values_list("state", "reason")] == [("ASSIGNED", "")]
    assert _kinds(heard) == ["CreditsMoved", "LeadAssigned"]
    assert heard[1] == LeadAssigned(
        lead_id=lead.pk,
        client_user_id=cast.ben.pk,
        assignment_id=held.pk,
        provider_id=business.pk,
        provider_user_id=cast.ada.pk,
    )


def test_the_price_and_the_seats_are_told_before_how_to_reach_the_client_after(
    graphql: GraphQL, cast: Cast
):
    lead = _offered(cast, title="Roof, call 082 123 4567")

    before = graphql(LEAD, {"id": gid(lead)}, by=cast.ada).data["lead"]
    _claim(graphql, lead, by=cast.ada)
    after = graphql(LEAD, {"id": gid(lead)}, by=cast.ada).data["lead"]

    explained = {"version": 1, "base": 5, "urgencyPercent": 100, "scorePercent": 80.0}
    shared = {"price": 4, "priceExplanation": explained, "viewerCan": ["claimLead"]}
    assert before == {"title": "Roof, call •••", "seatsLeft": 3, **HIDDEN, **shared}
    assert after == {
        "title": "Roof, call 082 123 4567",
        "seatsLeft": 2,
        "contactName": "Sam",
        "contactPhone": "+27821234567",
        "contactEmail": "sam@example.org",
        "address": "12 Lower Main Road",
        **shared,
    }


def test_with_the_last_seat_those_who_could_have_it_hear_that_it_is_taken(
    graphql: GraphQL, cast: Cast
):
    lead = _offered(cast, max_providers=1)
    told, waiting = offer(lead, ProviderFactory()), ProviderFactory()
    offer(lead, waiting, state="WAITING", offered_at=None)

    with announced() as heard:
        _claim(graphql, lead, by=cast.ada)

    states = LeadMatch.objects.order_by("rank").values_list("state", "reason")
    assert [*states] == [("ASSIGNED", ""), ("ENDED", "TAKEN"), ("ENDED", "TAKEN")]
    user_id = str(told.provider.user_profile.user_id)
    assert heard[-1] == LeadTaken(lead_id=lead.pk, user_ids=[user_id])


def test_a_price_that_changed_is_refused_and_told(graphql: GraphQL, cast: Cast):
    lead, ada = _offered(cast), cast.ada

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada, price=3)

    assert answer.refusal["code"] == "price_changed"
    assert answer.refusal["field"] == "price"
    assert answer.refusal["message"] == "The lead costs 4 credits."


@pytest.mark.parametrize("credits", [3, None])
def test_who_cannot_pay_does_not_get_it(graphql: GraphQL, cast: Cast, credits: int | None):
    lead, ada = open_lead(client=cast.ben), cast.ada
    offer(lead, cast.ada_business)
    if credits:
        give_credits(cast.ada_business, credits)

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "insufficient_credits"


def test_the_last_credit_is_enough(graphql: GraphQL, cast: Cast):
    lead = _offered(cast, credits=4)

    claimed = _claim(graphql, lead, by=cast.ada)

    assert claimed.data["claimLead"]["status"] == "ASSIGNED"
    assert CreditWallet.objects.get().balance == 0


def test_a_lead_without_seats_is_refused(graphql: GraphQL, cast: Cast):
    lead, ada = _offered(cast, seats_taken=3), cast.ada

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "no_seat_left"


@pytest.mark.parametrize("status", ["ASSIGNED", "WON", "CANCELLED"])
def test_who_has_it_already_is_told_so_whatever_became_of_it(
    graphql: GraphQL, cast: Cast, status: str
):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada
    Lead.objects.filter(pk=held.lead_id).update(status=status)

    with nothing_changes():
        answer = _claim(graphql, held.lead, by=ada)

    assert answer.code == "already_assigned"


@pytest.mark.parametrize("status", NOT_OPEN)
def test_a_lead_that_waits_or_is_over_is_handed_to_nobody(
    graphql: GraphQL, cast: Cast, status: str
):
    lead, ada = _offered(cast, status=status), cast.ada

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "lead_not_open"


@pytest.mark.parametrize("status", ["VERIFIED", "ASSIGNED"])
@pytest.mark.parametrize(
    "fields",
    [{"expires_at": clock.now() - timedelta(seconds=1)}, {"price": None}],
    ids=["late", "unpriced"],
)
def test_past_its_time_and_without_a_price_it_is_not_open(
    graphql: GraphQL, cast: Cast, status: str, fields: dict[str, Any]
):
    lead, ada = _offered(cast, status=status, **fields), cast.ada

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "lead_not_open"


def test_who_lost_the_verification_is_refused(graphql: GraphQL, cast: Cast):
    lead, ada = _offered(cast), cast.ada
    ServiceProviderProfile.objects.update(is_verified_provider=False)

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "provider_not_verified"


def test_who_asked_as_a_visitor_does_not_have_it_themselves(graphql: GraphQL, cast: Cast):
    lead, ada = _offered(cast, client=cast.ada), cast.ada

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "own_lead"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_allowed"),
        ("dora", "not_allowed"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_was_not_offered_it_does_not_get_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    lead, user = _offered(cast), getattr(cast, who)

    with nothing_changes():
        answer = _claim(graphql, lead, by=user)

    assert answer.code == code


@pytest.mark.parametrize("state", ["WAITING", "REJECTED"])
def test_to_who_was_only_looked_at_it_is_not_there(graphql: GraphQL, cast: Cast, state: str):
    lead, ada = open_lead(client=cast.ben), cast.ada
    offer(lead, cast.ada_business, state=state, offered_at=None)
    give_credits(cast.ada_business, 10)

    with nothing_changes():
        answer = _claim(graphql, lead, by=ada)

    assert answer.code == "not_found"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    lead, ada = _offered(cast), cast.ada

    with nothing_changes():
        answer = graphql.mutate("claimLead", {"leadId": gid(lead.category)}, by=ada)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_pays_once(graphql: GraphQL, cast: Cast):
    lead, noise = _offered(cast), _offered(cast, credits=1)
    given, select = {"leadId": gid(lead), "idempotencyKey": "lead-1"}, "... on Node { id }"

    with announced() as heard:
        first = graphql.mutate("claimLead", given, select, by=cast.ada)
        again = graphql.mutate("claimLead", given, select, by=cast.ada)
    other = graphql.mutate("claimLead", given | {"leadId": gid(noise)}, by=cast.ada)

    assert again.data == first.data
    assert (CreditWallet.objects.get().balance, _kinds(heard)) == (
        7,
        ["CreditsMoved", "LeadAssigned"],
    )
    assert other.code == "idempotency_mismatch"


def test_what_was_claimed_is_in_order(graphql: GraphQL, cast: Cast):
    lead = _offered(cast, max_providers=1)

    _claim(graphql, lead, by=cast.ada)

    assert [found.rule for found in invariants() if found.breaches()] == []
