"""Orders and their parts in the admin: what prices and bids depend on is read, not typed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.orders.events import OrderUpdated
from apps.orders.models import Order, OrderAttachment, OrderPhoto
from tests.factories.cast import Cast
from tests.support.announced import announced


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


def _act(client: Client, action: str, *rows: Any) -> str:
    """What the list says once an action was done to rows of it."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    address = reverse(f"admin:orders_{rows[0]._meta.model_name}_changelist")
    return str(client.post(f"{address}?deleted=all", chosen, follow=True).content.decode())


def test_chosen_orders_are_shown_first_and_no_longer_by_the_service(dora: Client, cast: Cast):
    order, draft = cast.ben_order(published=True), cast.ben_order()

    with announced() as heard:
        page = _act(dora, "feature", order, draft)
        featured = {*Order.objects.filter(is_featured=True)}
        _act(dora, "unfeature", order, draft)

    assert featured == {order, draft}
    assert not Order.objects.filter(is_featured=True).exists()
    assert heard == [OrderUpdated(order_id=order.pk)] * 2
    assert "Done: 2." in page


def test_staff_without_the_permission_feature_nothing(cast: Cast, client: Client):
    client.force_login(cast.eve)
    order = cast.ben_order(published=True)

    _act(client, "feature", order)

    assert not Order.objects.get().is_featured


def test_how_an_order_is_worded_is_all_that_is_typed(dora: Client, cast: Cast):
    line = {"kind": "BASE", "name": "A tap", "quantity": 2, "unit_price": 30600, "amount": 61200}
    order = cast.ben_order(estimated_price=612_00, price_lines=[line])
    OrderPhoto.objects.create(order=order, photo_url="orders/tap.jpg", is_primary=True)
    OrderAttachment.objects.create(
        order=order, file="orders/plan.pdf", name="The plan.pdf", content_type="a/b", size=9
    )

    shown = dora.get(reverse("admin:orders_order_change", args=[order.pk]))

    assert set(shown.context["adminform"].form.fields) == {
        *("title", "description", "special_requirements", "location"),
        *("budget_min", "budget_max"),
    }
    page = shown.content.decode().replace("\xa0", "")
    assert "2 x A tap: ZAR612.00" in page
    assert "orders/tap.jpg" in page
    assert "The plan.pdf" in page


def test_a_part_comes_back_with_its_order_alone(dora: Client, cast: Cast):
    photo = OrderPhoto.objects.create(order=cast.ben_order(), photo_url="a.jpg", is_primary=True)
    photo.soft_delete()

    _act(dora, "restore_rows", photo)

    assert OrderPhoto.objects.deleted_only().get() == photo


def test_featuring_a_deleted_order_does_nothing(dora: Client, cast: Cast):
    order = cast.ben_order()
    order.soft_delete()

    _act(dora, "feature", order)

    assert not Order.objects.deleted_only().get().is_featured
