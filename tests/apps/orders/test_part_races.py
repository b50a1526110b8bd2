"""Photos and files at the same moment: one photo stands for the order, ten are the most."""

from collections import Counter
from functools import partial
from io import BytesIO
from typing import Any

import pytest

from apps.catalog.pricing import ChosenAddon
from apps.orders.errors import OrderHasBids, TooManyFiles
from apps.orders.models import Bid, Order, OrderAttachment, OrderPhoto
from apps.orders.services.attachments import add_order_attachment
from apps.orders.services.bids import place_bid
from apps.orders.services.orders import update_order
from apps.orders.services.photos import (
    add_order_photo,
    remove_order_photo,
    update_order_photo,
)
from kernel.money import Money
from tests.factories.catalog import AddonFactory, AreaFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import ProviderFactory
from tests.support.pictures import picture
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(5))


def _photos(order: Order, count: int) -> list[OrderPhoto]:
    return [
        OrderPhoto.objects.create(order=order, photo_url="a.jpg", is_primary=number == 0)
        for number in range(count)
    ]


def _primaries(order: Order) -> int:
    return OrderPhoto.objects.filter(order=order, is_primary=True).count()


@rounds
def test_of_photos_chosen_at_once_one_stands_for_the_order(round: int):
    order = OrderFactory()
    photos = _photos(order, 4)
    change: dict[str, Any] = {"changes": {"is_primary": True}}

    outcomes = race(*(partial(update_order_photo, photo=photo, **change) for photo in photos))

    assert [type(outcome) for outcome in outcomes] == [OrderPhoto] * 4
    assert _primaries(order) == 1


@rounds
def test_photos_are_removed_chosen_and_added_at_once_and_one_stands_for_the_order(round: int):
    order = OrderFactory()
    first, second, third = _photos(order, 3)

    race(
        partial(remove_order_photo, photo=first),
        partial(update_order_photo, photo=second, changes={"is_primary": True}),
        partial(remove_order_photo, photo=second),
        partial(update_order_photo, photo=third, changes={"caption": "It drips"}),
        partial(add_order_photo, order=order, file=BytesIO(picture()), is_primary=True),
    )

    assert OrderPhoto.objects.filter(order=order).count() == 2
    assert _primaries(order) == 1


@rounds
def test_the_last_place_is_taken_once(round: int):
    order = OrderFactory()
    about = {"name": "a.pdf", "file": "a.pdf", "content_type": "application/pdf", "size": 9}
    for _ in range(9):
        OrderAttachment.objects.create(order=order, **about)
    add = [
        partial(add_order_attachment, order=order, file=BytesIO(b"%PDF-1.7\n%%EOF\n"))
        for _ in range(4)
    ]

    outcomes = race(*add)

    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {OrderAttachment: 1, TooManyFiles: 3}
    assert order.attachments.count() == 10


@rounds
def test_an_order_is_not_changed_under_a_bid_that_is_being_placed(round: int):
    addon = AddonFactory()
    area = AreaFactory()
    order = OrderFactory(published=True, service_subcategory=addon.subcategory, area=area)
    provider = ProviderFactory()
    provider.service_areas.add(area)
    change = partial(update_order, order=order, changes={"addons": [ChosenAddon(addon, 2)]})
    bid = partial(place_bid, order=order, provider=provider, amount=Money(850_00, "ZAR"))

    changed, placed = race(change, bid)

    assert isinstance(placed, Bid)
    assert type(changed) in (Order, OrderHasBids)
    assert order.addons.count() == (1 if isinstance(changed, Order) else 0)


@rounds
def test_addons_that_are_changed_at_once_are_those_of_one_change(round: int):
    first = AddonFactory()
    service = first.subcategory
    others = [AddonFactory(subcategory=service) for _ in range(3)]
    order = OrderFactory(service_subcategory=service, area=AreaFactory())

    race(
        *(
            partial(
                update_order,
                order=order,
                changes={"addons": [ChosenAddon(first), ChosenAddon(other, 2)]},
            )
            for other in others
        )
    )

    held = dict(order.addons.values_list("addon", "quantity"))
    assert held.pop(first.pk) == 1
    assert len(held) == 1
    order.refresh_from_db()
    assert order.estimated_price == Money(540_00 + 3 * 90_00, "ZAR")
