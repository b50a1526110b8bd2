"""Deleting and bringing back by every name there is for it; on orders and what they hold."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.catalog.models import ServiceCategory, ServiceSubcategory
from apps.orders.models import Bid, Order, OrderAddon, OrderAttachment, OrderPhoto
from tests.factories.catalog import AddonFactory, CategoryFactory, SubcategoryFactory
from tests.factories.orders import BidFactory, OrderFactory

pytestmark = pytest.mark.django_db


def full_order(**kwargs: object) -> Order:
    """An order with one addon, two photos, one file and one bid."""
    order = OrderFactory(published=True, **kwargs)
    OrderAddon.objects.create(order=order, addon=AddonFactory(), currency="ZAR", price=100)
    OrderPhoto.objects.create(order=order, photo_url="a.png", is_primary=True)
    OrderPhoto.objects.create(order=order, photo_url="b.png")
    OrderAttachment.objects.create(order=order, file="a.pdf", name="a.pdf", size=9)
    BidFactory(order=order)
    return order


def living(order: Order) -> tuple[int, int, int, int]:
    """How many addons, photos, files and bids of an order are there."""
    parts = order.addons, order.photos, order.attachments, order.bids
    return tuple(rows.count() for rows in parts)  # type: ignore[return-value]


# What the model does


def test_a_deleted_row_is_hidden_but_there():
    order, noise = OrderFactory(), OrderFactory()

    told = order.delete()

    assert told == (1, {"orders.Order": 1})
    assert list(Order.objects.all()) == [noise]
    assert set(Order.objects.all_with_deleted()) == {order, noise}
    assert list(Order.objects.deleted_only()) == [order]


def test_a_row_tells_of_its_deletion():
    order = OrderFactory()
    instant = timezone.now() + timedelta(hours=1)

    with time_machine.travel(instant, tick=False):
        order.soft_delete()
    info = order.get_deletion_info()

    assert order.is_soft_deleted()
    assert (info["is_deleted"], info["deleted_at"], info["restored_at"]) == (True, instant, None)
    assert info["deletion_batch"] == order.deletion_batch is not None


def test_a_restored_row_tells_when():
    order = OrderFactory()
    order.soft_delete()
    instant = timezone.now() + timedelta(hours=1)

    with time_machine.travel(instant, tick=False):
        order.restore()

    assert not order.is_soft_deleted()
    assert order.get_deletion_info() == {
        "is_deleted": False,
        "deleted_at": None,
        "restored_at": instant,
        "deletion_batch": None,
    }
    assert list(Order.objects.all()) == [order]


def test_deleting_twice_keeps_the_first_deletion():
    order = OrderFactory()
    order.soft_delete()
    first = order.get_deletion_info() | {"version": order.version}

    order.soft_delete()

    assert order.get_deletion_info() | {"version": order.version} == first


def test_restoring_what_is_not_deleted_changes_nothing():
    order = full_order()
    order.photos.first().delete()

    order.restore()

    assert (order.version, order.restored_at) == (1, None)
    assert living(order) == (1, 1, 1, 1)


def test_a_row_removed_for_good_is_gone_with_what_the_database_cascades_to():
    order = full_order()

    order.hard_delete()

    assert not Order.objects.all_with_deleted().exists()
    assert not OrderPhoto.objects.all_with_deleted().exists()
    assert not Bid.objects.all_with_deleted().exists()


# Cascades


def test_a_deletion_takes_along_what_the_cascade_fields_name():
    order, noise = full_order(), full_order()

    order.delete()

    fields = ["addons", "photos", "attachments", "bids", "chat_rooms"]
    assert order.get_cascade_fields() == fields
    assert Order.objects.get_cascade_fields() == fields
    assert living(order) == (0, 0, 0, 0)
    assert living(noise) == (1, 2, 1, 1)


def test_one_cascade_is_one_batch_and_one_instant():
    order = full_order()

    order.delete()

    photos = OrderPhoto.objects.deleted_only().values_list("deletion_batch", "deleted_at")
    bids = Bid.objects.deleted_only().values_list("deletion_batch", "deleted_at")
    assert {*photos, *bids} == {(order.deletion_batch, order.deleted_at)}


def test_a_restored_parent_brings_back_what_its_deletion_took_and_nothing_else():
    order = full_order()
    before = order.photos.get(is_primary=True)
    before.delete()
    order.delete()

    order.restore()

    assert living(order) == (1, 1, 1, 1)
    assert list(order.photos.deleted_only()) == [before]


def test_a_child_brought_back_and_deleted_again_has_left_the_batch():
    order = full_order()
    order.delete()
    photo = OrderPhoto.objects.deleted_only().get(is_primary=True)
    photo.restore()
    photo.delete()

    order.restore()

    assert list(order.photos.deleted_only()) == [photo]


def test_a_cascade_goes_down_a_tree_and_comes_back():
    root = CategoryFactory()
    branch = CategoryFactory(parent=root)
    service = SubcategoryFactory(category=branch)
    AddonFactory(subcategory=service)
    noise = SubcategoryFactory()

    root.delete()
    hidden = ServiceCategory.objects.count(), list(ServiceSubcategory.objects.all())
    root.restore()

    assert hidden == (1, [noise])
    assert ServiceCategory.objects.count() == 3
    assert service.addons.count() == 1


def test_a_restored_branch_leaves_its_root_and_siblings_deleted():
    root = CategoryFactory()
    branch, sibling = CategoryFactory(parent=root), CategoryFactory(parent=root)
    root.delete()

    branch.restore()

    assert list(ServiceCategory.objects.all()) == [branch]
    assert set(ServiceCategory.objects.deleted_only()) == {root, sibling}


# Managers and querysets


def test_a_queryset_deletes_softly_with_its_cascade():
    order, noise = full_order(title="one"), full_order(title="two")

    told = Order.objects.filter(title="one").delete()

    assert told == (1, {"orders.Order": 1})
    assert list(Order.objects.all()) == [noise]
    assert living(order) == (0, 0, 0, 0)
    assert Order.objects.all_with_deleted().count() == 2


def test_a_manager_itself_does_not_delete_everything():
    assert not hasattr(Order.objects, "delete")


@pytest.mark.parametrize("name", ["bulk_soft_delete", "cascade_delete"])
def test_many_rows_are_deleted_in_one_batch(name: str):
    orders = [full_order(), full_order()]

    count = getattr(Order.objects, name)()

    assert count == 2
    assert len(set(Order.objects.deleted_only().values_list("deletion_batch"))) == 1
    assert [living(order) for order in orders] == [(0, 0, 0, 0), (0, 0, 0, 0)]


def test_one_of_many_deleted_together_comes_back_alone():
    first, second = full_order(), full_order()
    Order.objects.bulk_soft_delete()

    first.restore()

    assert list(Order.objects.all()) == [first]
    assert (living(first), living(second)) == ((1, 2, 1, 1), (0, 0, 0, 0))


@pytest.mark.parametrize("name", ["restore", "bulk_restore", "cascade_restore"])
def test_many_rows_come_back_each_with_its_own(name: str):
    orders = [full_order(), full_order()]
    for order in orders:
        order.delete()

    count = getattr(Order.objects.deleted_only(), name)()

    assert count == 2
    assert [living(order) for order in orders] == [(1, 2, 1, 1), (1, 2, 1, 1)]


@pytest.mark.parametrize("name", ["restore", "bulk_restore", "cascade_restore"])
def test_only_the_chosen_rows_come_back(name: str):
    chosen, noise, never = full_order(title="this"), full_order(), full_order(title="this")
    Order.objects.filter(pk__in=[chosen.pk, noise.pk]).delete()

    count = getattr(Order.objects.filter(title="this"), name)()

    assert count == 1
    assert set(Order.objects.all()) == {chosen, never}


def test_the_manager_restores_every_deleted_row():
    full_order(), full_order()
    Order.objects.bulk_soft_delete()

    count = Order.objects.restore()

    assert count == 2
    assert Order.objects.count() == 2


@pytest.mark.parametrize("name", ["hard_delete", "bulk_hard_delete"])
def test_chosen_rows_are_removed_for_good(name: str):
    gone, stays = full_order(title="gone"), full_order()
    Order.objects.bulk_soft_delete()

    count = getattr(Order.objects.deleted_only().filter(title="gone"), name)()

    assert count == 6
    assert list(Order.objects.all_with_deleted()) == [stays]
    assert not OrderPhoto.objects.all_with_deleted().filter(order=gone.pk).exists()


def test_removing_for_good_leaves_out_the_deleted_unless_they_are_asked_for():
    deleted = OrderFactory()
    deleted.delete()
    OrderFactory()

    count = Order.objects.all().bulk_hard_delete()

    assert count == 1
    assert list(Order.objects.all_with_deleted()) == [deleted]


def test_a_query_includes_narrows_to_or_leaves_out_the_deleted():
    stays, gone, _noise = OrderFactory(title="x"), OrderFactory(title="x"), OrderFactory()
    gone.delete()
    _noise.delete()
    named = Order.objects.filter(title="x")

    assert set(named.with_deleted()) == {stays, gone}
    assert list(named.deleted_only()) == [gone]
    assert list(named.deleted_only().active_only()) == [stays]
    assert list(named) == list(named.with_deleted().active_only()) == [stays]


def test_a_query_made_of_two_includes_the_deleted_of_both():
    one, two, noise = (OrderFactory(title=title) for title in ("one", "two", "three"))
    Order.objects.bulk_soft_delete()

    either = Order.objects.filter(title="one") | Order.objects.filter(title="two")

    assert list(either) == []
    assert set(either.with_deleted()) == set(either.deleted_only()) == {one, two}
    assert noise not in either.with_deleted()


def test_including_the_deleted_says_nothing_of_related_rows():
    order = OrderFactory(published=True)
    BidFactory(order=order).delete()
    order.delete()

    found = Order.objects.filter(bids__is_deleted=False).with_deleted()

    assert list(found) == []


def test_the_deleted_of_one_parent_are_its_own():
    order, noise = full_order(), full_order()
    OrderPhoto.objects.all().delete()

    assert order.photos.deleted_only().count() == 2
    assert order.photos.all_with_deleted().count() == 2
    assert order.photos.restore() == 2
    assert (living(order), living(noise)) == ((1, 2, 1, 1), (1, 0, 1, 1))


def test_a_query_over_joins_is_deleted_and_restored():
    order, noise = full_order(), full_order()
    named = Order.objects.filter(
        bids__provider=order.bids.get().provider, area__isnull=True
    ).distinct()

    gone = named.select_related("area").delete()

    assert gone == (1, {"orders.Order": 1})
    assert list(Order.objects.all()) == [noise]
    assert Order.objects.filter(client_profile=order.client_profile).restore() == 1


def test_the_newest_few_are_deleted():
    old, new = OrderFactory(), OrderFactory()

    Order.objects.order_by("-created_at")[:1].bulk_soft_delete()

    assert list(Order.objects.all()) == [old]
    assert list(Order.objects.deleted_only()) == [new]


# Constraints


def test_a_deleted_row_does_not_stand_in_the_way_of_a_new_one():
    bid = BidFactory()
    bid.delete()

    again = BidFactory(order=bid.order, provider=bid.provider)

    assert list(bid.order.bids.all()) == [again]


def test_a_living_row_does():
    bid = BidFactory()

    with pytest.raises(IntegrityError, match="bid_once"), transaction.atomic():
        BidFactory(order=bid.order, provider=bid.provider)

    assert list(Bid.objects.all()) == [bid]


def test_a_row_whose_place_was_taken_does_not_come_back():
    bid = BidFactory()
    bid.delete()
    again = BidFactory(order=bid.order, provider=bid.provider)

    with pytest.raises(IntegrityError, match="bid_once"), transaction.atomic():
        bid.restore()

    assert list(Bid.objects.all()) == [again]
