"""Damage to what is always true of leads is found."""

import pytest

from apps.leads.invariants import figures, payments, seats
from apps.leads.models import Lead, LeadAssignment
from apps.leads.services.outcomes import win_lead
from apps.leads.services.refunds import approve_refund, request_refund
from apps.providers.models import ServiceProviderProfile
from tests.factories.accounts import UserFactory
from tests.factories.leads import LeadAssignmentFactory, bought_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory

pytestmark = pytest.mark.django_db


def _refunded(held: LeadAssignment) -> LeadAssignment:
    request_refund(assignment=held, reason=RefundReasonFactory())
    return approve_refund(assignment=held, by=UserFactory(is_staff=True))


def test_what_is_in_order_is_no_breach():
    held, given_back = bought_lead(ProviderFactory()), bought_lead(ProviderFactory())
    win_lead(assignment=held)
    _refunded(given_back)

    assert [*payments(), *seats(), *figures()] == []


def test_a_lead_that_was_not_paid_for_is_found():
    noise, unpaid = bought_lead(ProviderFactory()), LeadAssignmentFactory(credit_cost=2)

    assert [*payments()] == [
        f"The assignment {unpaid.pk} cost 2: 0 were taken, 0 given back.",
    ]
    assert noise.is_paid


@pytest.mark.parametrize("cost", [3, 5])
def test_a_lead_that_was_paid_too_much_or_too_little_for_is_found(cost: int):
    held = bought_lead(ProviderFactory())
    LeadAssignment.objects.update(credit_cost=cost)

    assert [*payments()] == [
        f"The assignment {held.pk} cost {cost}: 4 were taken, 0 given back.",
    ]


def test_a_lead_that_another_provider_paid_for_is_found():
    held = bought_lead(ProviderFactory())
    LeadAssignment.objects.update(provider=ProviderFactory())

    assert [*payments()] == [
        f"The assignment {held.pk} cost 4: 0 were taken, 0 given back.",
    ]


@pytest.mark.parametrize(("status", "given"), [("LOST", 4), ("WON", 4)])
def test_what_was_given_back_of_a_lead_that_is_not_refunded_is_found(status: str, given: int):
    held = _refunded(bought_lead(ProviderFactory()))
    LeadAssignment.objects.update(status=status)

    assert [*payments()] == [
        f"The assignment {held.pk} cost 4: 4 were taken, {given} given back.",
    ]


def test_a_refund_that_never_came_is_found():
    held = bought_lead(ProviderFactory())
    LeadAssignment.objects.update(status="REFUNDED")

    assert [*payments()] == [
        f"The assignment {held.pk} cost 4: 4 were taken, 0 given back.",
    ]


def test_what_was_deleted_counts_as_well():
    held = LeadAssignmentFactory(credit_cost=2)
    held.soft_delete()

    assert len([*payments()]) == 1


@pytest.mark.parametrize("taken", [0, 2])
def test_seats_that_are_counted_wrong_are_found(taken: int):
    lead = bought_lead(ProviderFactory()).lead
    bought_lead(ProviderFactory())
    Lead.objects.filter(pk=lead.pk).update(seats_taken=taken)

    assert [*seats()] == [f"The lead {lead.pk} is in 1 hands, says {taken}, and has 3 seats."]


def test_more_hands_than_seats_are_found():
    lead = bought_lead(ProviderFactory(), max_providers=1).lead
    LeadAssignmentFactory(lead=lead)

    assert [*seats()] == [f"The lead {lead.pk} is in 2 hands, says 1, and has 1 seats."]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ({"leads_received": 2}, "2 leads and 1 won: there are 1 and 1."),
        ({"leads_won": 0}, "1 leads and 0 won: there are 1 and 1."),
    ],
    ids=str,
)
def test_figures_that_are_not_those_of_the_leads_are_found(damage: dict[str, int], told: str):
    held = win_lead(assignment=bought_lead(ProviderFactory()))
    bought_lead(ProviderFactory())
    ServiceProviderProfile.objects.filter(pk=held.provider_id).update(**damage)

    assert [*figures()] == [f"The provider {held.provider_id} says {told}"]
