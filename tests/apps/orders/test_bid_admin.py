"""Bids in the admin: read with their bargaining, decided by services alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.orders.events import BidRejected, BidWithdrawn
from apps.orders.models import Bid, Order, Party
from apps.orders.services.negotiation import counter_bid
from kernel.money import Money
from tests.factories.cast import Cast
from tests.support.announced import announced

LIST = "admin:orders_bid_changelist"


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


def _act(client: Client, action: str, *bids: Bid) -> Any:
    chosen = {"action": action, "_selected_action": [str(bid.pk) for bid in bids]}
    return client.post(reverse(LIST), chosen, follow=True)


@pytest.mark.parametrize(
    ("action", "status", "fact"),
    [("reject_bids", "REJECTED", BidRejected), ("withdraw_bids", "WITHDRAWN", BidWithdrawn)],
)
def test_chosen_bids_are_decided_by_the_service(
    dora: Client, cast: Cast, action: str, status: str, fact: Any
):
    bid, decided = cast.ada_bid(), cast.ada_bid(status="EXPIRED")

    with announced() as heard:
        page = _act(dora, action, bid, decided).content.decode()

    told = fact(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)
    assert heard == [told]
    assert (Bid.objects.get(pk=bid.pk).status, bid.order.bids.count()) == (status, 1)
    assert Order.objects.get(pk=bid.order_id).bid_count == 0
    assert "Done: 1." in page
    assert "The bid has expired." in page


def test_what_a_bid_binds_to_is_read_with_its_bargaining(dora: Client, cast: Cast):
    bid = cast.ada_bid(is_negotiable=True, terms_conditions="Half before.")
    counter_bid(bid=bid, by=Party.CLIENT, amount=Money(612_00, "ZAR"), message="Could it be so?")
    page = reverse("admin:orders_bid_change", args=[bid.pk])

    shown = dora.get(page)
    form = shown.context["adminform"].form

    assert set(form.fields) == {"description"}
    assert "Half before." in shown.content.decode()
    assert "Could it be so?" in shown.content.decode()
    assert "ZAR612.00" in shown.content.decode().replace("\xa0", "")


def test_staff_without_the_permission_do_not_decide(cast: Cast, client: Client):
    client.force_login(cast.eve)
    bid = cast.ada_bid()

    _act(client, "reject_bids", bid)

    assert Bid.objects.get().status == "PENDING"
