"""Deletions and restorations that meet."""

from threading import Event

import pytest
from django.db import transaction

from apps.orders.models import Order, OrderPhoto
from tests.factories.orders import OrderFactory
from tests.support.races import race
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def order_with_photos(count: int = 3) -> Order:
    """An order and its photos."""
    order = OrderFactory()
    for number in range(count):
        OrderPhoto.objects.create(order=order, photo_url=f"{number}.png")
    return order


def loaded(order: Order) -> Order:
    """The same row as another process would hold it."""
    return Order.objects.all_with_deleted().get(pk=order.pk)


def test_two_deletions_at_once_are_one():
    order = order_with_photos()

    counts = race(*[Order.objects.filter(pk=order.pk).bulk_soft_delete] * 2)

    batches = {*OrderPhoto.objects.deleted_only().values_list("deletion_batch", flat=True)}
    assert sorted(counts) == [0, 1]
    assert batches == {loaded(order).deletion_batch}
    assert loaded(order).version == 2


def test_two_restorations_at_once_are_one():
    order = order_with_photos()
    order.delete()

    counts = race(*[Order.objects.filter(pk=order.pk).bulk_restore] * 2)

    assert sorted(counts) == [0, 1]
    assert loaded(order).version == 3
    assert {*OrderPhoto.objects.values_list("version", flat=True)} == {3}


def test_a_deletion_waits_for_the_one_that_runs_and_finds_nothing_left():
    order, has_deleted, may_commit = order_with_photos(), Event(), Event()

    def delete() -> None:
        with transaction.atomic():
            loaded(order).delete()
            has_deleted.set()
            may_commit.wait(15)

    with in_background(delete) as [first]:
        assert has_deleted.wait(15)
        with in_background(order.delete) as [second]:
            wait_until(somebody_waits_for_a_lock)
            may_commit.set()
            first.result(15), second.result(15)

    assert (order.version, loaded(order).version) == (2, 2)
    order.restore()
    assert order.photos.count() == 3


def test_a_child_deleted_while_its_parent_is_does_not_come_back_with_it():
    order, may_commit, has_deleted = order_with_photos(), Event(), Event()
    photo = order.photos.order_by("pk").first()

    def delete_photo() -> None:
        with transaction.atomic():
            photo.delete()
            has_deleted.set()
            may_commit.wait(15)

    with in_background(delete_photo) as [first]:
        assert has_deleted.wait(15)
        with in_background(order.delete) as [second]:
            wait_until(somebody_waits_for_a_lock)
            may_commit.set()
            first.result(15), second.result(15)

    loaded(order).restore()
    assert list(order.photos.deleted_only()) == [photo]


def test_many_deletions_and_restorations_at_once_do_not_block_each_other_for_good():
    orders = [order_with_photos(2) for _ in range(6)]

    def there_and_back() -> None:
        for _ in range(5):
            Order.objects.order_by("-title", "-pk").bulk_soft_delete()
            Order.objects.order_by("title").bulk_restore()

    assert race(*[there_and_back] * 4) == [None] * 4

    Order.objects.restore()
    assert [order.photos.count() for order in orders] == [2] * 6
