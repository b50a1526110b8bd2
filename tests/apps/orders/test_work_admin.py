"""Orders and disputes in the admin: states change by services alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.orders.models import Order, OrderDispute, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import DisputeFactory, EvidenceFactory


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


def _act(client: Client, action: str, *rows: Any) -> str:
    """What the list says once an action was done to rows of it."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    address = reverse(f"admin:orders_{rows[0]._meta.model_name}_changelist")
    return str(client.post(address, chosen, follow=True).content.decode())


def test_chosen_orders_are_cancelled_by_the_service(dora: Client, cast: Cast):
    order, over = cast.ada_work(in_progress=True), cast.ada_work(confirmed=True)

    page = _act(dora, "cancel", order, over)

    order.refresh_from_db()
    step = OrderTransition.objects.get()
    assert (order.status, order.cancelled_by) == ("CANCELLED", "STAFF")
    assert (step.name, step.actor) == ("cancel_by_staff", cast.dora)
    assert Order.objects.get(pk=over.pk).status == "CONFIRMED"
    assert "Done: 1." in page
    assert "The order is confirmed: this cannot be done now." in page


def test_staff_do_not_cancel_what_they_carry_out(cast: Cast, client: Client):
    order = cast.ada_work(assigned=True)
    User.objects.filter(pk=cast.ada.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=cast.ada.pk))

    page = _act(client, "cancel", order)

    assert Order.objects.get().status == "ASSIGNED"
    assert "Only the client of the order may do this." in page


@pytest.mark.parametrize(
    ("action", "status", "stands"),
    [("take", "IN_REVIEW", "DISPUTED"), ("dismiss", "DISMISSED", "IN_PROGRESS")],
)
def test_chosen_disputes_are_taken_and_dismissed(
    dora: Client, cast: Cast, action: str, status: str, stands: str
):
    dispute = DisputeFactory(order=cast.ada_work(disputed=True))
    decided = DisputeFactory(status="RESOLVED")

    page = _act(dora, action, dispute, decided)

    assert OrderDispute.objects.get(pk=dispute.pk).status == status
    assert Order.objects.get(pk=dispute.order_id).status == stands
    assert OrderDispute.objects.get(pk=decided.pk).status == "RESOLVED"
    assert "Done: 1." in page
    assert "The dispute has been decided." in page


def test_nobody_decides_their_own(cast: Cast, client: Client):
    dispute = DisputeFactory(order=cast.ada_work(disputed=True))
    User.objects.filter(pk=cast.ben.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=cast.ben.pk))

    page = _act(client, "dismiss", dispute)

    assert OrderDispute.objects.get().status == "OPEN"
    assert "You are a party to this dispute" in page


def test_a_dispute_is_read_with_what_both_sides_show(dora: Client, cast: Cast):
    dispute = DisputeFactory(order=cast.ada_work(disputed=True))
    EvidenceFactory(dispute=dispute, text="The wall is blue.", file="disputes/a.pdf")

    page = dora.get(reverse("admin:orders_orderdispute_change", args=[dispute.pk]))

    assert set(page.context["adminform"].form.fields) == {"admin_notes"}
    shown = page.content.decode()
    assert "The wall is blue." in shown
    assert "disputes/a.pdf" in shown


def test_staff_without_the_permission_decide_nothing(cast: Cast, client: Client):
    client.force_login(cast.eve)
    dispute = DisputeFactory(order=cast.ada_work(disputed=True))

    _act(client, "dismiss", dispute)

    assert OrderDispute.objects.get().status == "OPEN"
