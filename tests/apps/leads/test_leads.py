"""Leads: who sees them and their assignments, what cannot be, and what is left of them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.events import AccountErased
from apps.chat.models import ChatRoom
from apps.core.models import AuditEntry
from apps.core.services.event_log import deliver_due
from apps.leads.models import Lead, LeadAssignment
from kernel import events
from kernel.viewer import SYSTEM, Viewer
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory
from tests.factories.leads import LeadAssignmentFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(cast: Cast) -> LeadAssignment:
    """A lead of Ben's in Ada's hands."""
    found: LeadAssignment = LeadAssignmentFactory(
        lead__client=cast.ben,
        provider=cast.ada_business,
        provider_notes="Sounds urgent",
        lead__latitude=-33.9,
        lead__longitude=18.4,
    )
    return found


def _seen(viewer: Viewer) -> tuple[int, int]:
    """How many leads and assignments a viewer sees."""
    models = (Lead, LeadAssignment)
    return tuple(model.objects.visible_to(viewer).count() for model in models)  # type: ignore[return-value]


def test_a_lead_is_seen_by_its_client_and_those_who_have_it(cast: Cast, assignment: LeadAssignment):
    LeadAssignmentFactory(lead=assignment.lead)
    LeadFactory()

    assert _seen(Viewer(user=cast.ben)) == (1, 2)
    assert _seen(Viewer(user=cast.ada)) == (1, 1)
    for viewer in (Viewer(user=cast.cleo), Viewer(user=cast.eve), Viewer()):
        assert _seen(viewer) == (0, 0)


def test_staff_see_just_what_they_oversee(cast: Cast, assignment: LeadAssignment):
    seen = [
        _seen(Viewer(user=cast.eve, staff_permissions=frozenset({f"leads.view_{name}"})))
        for name in ("lead", "leadassignment")
    ]

    assert seen == [(1, 0), (0, 1)]
    assert _seen(SYSTEM) == (1, 1)


def test_whose_assignment_is_deleted_sees_the_lead_no_longer(
    cast: Cast, assignment: LeadAssignment
):
    assignment.soft_delete()

    assert _seen(Viewer(user=cast.ada)) == (0, 0)
    assert _seen(Viewer(user=cast.ben)) == (1, 0)


def test_all_assignments_but_those_given_back_are_paid(assignment: LeadAssignment):
    refunded = LeadAssignmentFactory(refunded=True)
    for status in LeadAssignment.Status:
        LeadAssignmentFactory(status=status)

    paid = {*LeadAssignment.objects.paid()}

    assert {found.status for found in paid} == {*LeadAssignment.Status} - {"REFUNDED"}
    assert (assignment.is_paid, refunded.is_paid) == (True, False)


def test_a_provider_has_a_lead_once_unless_it_was_deleted(assignment: LeadAssignment):
    again = {"lead": assignment.lead, "provider": assignment.provider}
    with pytest.raises(IntegrityError), transaction.atomic():
        LeadAssignmentFactory(**again)
    assignment.soft_delete()

    assert LeadAssignmentFactory(**again) != assignment


@pytest.mark.parametrize(
    ("factory", "details"),
    [
        (LeadFactory, {"budget_min": 200, "budget_max": 100}),
        (LeadFactory, {"budget_min": -1}),
        (LeadFactory, {"budget_max": 0}),
        (LeadFactory, {"verification_score": 101}),
        (LeadFactory, {"max_providers": 0}),
        (LeadFactory, {"max_providers": 11}),
        (LeadFactory, {"latitude": 91.0, "longitude": 0.0}),
        (LeadFactory, {"latitude": 1.0}),
        (LeadAssignmentFactory, {"match_score": 101}),
        (LeadAssignmentFactory, {"quote_amount": 0}),
    ],
)
def test_what_makes_no_sense_cannot_be(factory: Any, details: dict[str, Any]):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**details)


def test_a_deleted_lead_takes_its_assignments_and_their_rooms_along_and_brings_them_back(
    assignment: LeadAssignment,
):
    room = ChatRoomFactory(of_lead=True, lead_assignment=assignment)
    gone_before = LeadAssignmentFactory(lead=assignment.lead)
    gone_before.soft_delete()

    assignment.lead.soft_delete()
    left = (LeadAssignment.objects.count(), ChatRoom.objects.count())
    assignment.lead.restore()

    assert left == (0, 0)
    assert [*LeadAssignment.objects.all()] == [assignment]
    assert [*ChatRoom.objects.all()] == [room]


def test_whom_to_ask_for_is_not_in_the_clear_nor_in_the_trail(assignment: LeadAssignment):
    lead = assignment.lead
    stored = Lead.objects.filter(pk=lead.pk).values_list("contact_phone", flat=True).get()
    trail = str([*AuditEntry.objects.values_list("changes", flat=True)])

    assert lead.contact_phone == "+27821234567"
    assert "82123" not in stored
    for text in ("+2782", "sam@example.org", "12 Lower Main Road", "-33.9", "Sounds urgent"):
        assert text not in trail
    assert "A new roof" in trail


def test_what_is_personal_goes_with_the_account(cast: Cast, assignment: LeadAssignment):
    noise = LeadAssignmentFactory(provider_notes="Theirs")
    deleted = LeadFactory(client=cast.ben)
    deleted.soft_delete()

    for user in (cast.ben, cast.ada):
        events.publish(AccountErased(user_id=user.pk, photos=[], evidence=[]))
    deliver_due()

    for lead in Lead.objects.all_with_deleted().filter(client=cast.ben):
        assert {
            *(lead.contact_name, lead.contact_phone, lead.contact_phone_index),
            *(lead.contact_email, lead.address, lead.suburb, lead.postal_code),
        } == {""}
        assert (lead.latitude, lead.longitude) == (None, None)
    assignment.refresh_from_db()
    noise.refresh_from_db()
    assert (assignment.provider_notes, noise.provider_notes) == ("", "Theirs")
    assert noise.lead.contact_name == "Sam"


def test_leads_are_read_in_the_admin_and_not_typed(
    cast: Cast, client: Client, assignment: LeadAssignment
):
    client.force_login(cast.dora)
    deleted = LeadFactory(title="An old roof")
    deleted.soft_delete()

    url = reverse("admin:leads_lead_changelist")
    listed, gone = (
        client.get(f"{url}{query}").context["cl"].result_list for query in ("", "?deleted=yes")
    )
    change = client.get(reverse("admin:leads_lead_change", args=[assignment.lead_id]))
    added = client.get(reverse("admin:leads_lead_add"))

    assert ([*listed], [*gone]) == ([assignment.lead], [deleted])
    assert change.context["adminform"].form.fields == {}
    assert added.status_code == 403
    assert assignment.provider.business_name in change.content.decode()
