"""Each change raises a row's version."""

import pytest
from django.db import transaction
from django.utils import timezone

from apps.orders.models import Order, OrderPhoto
from kernel.errors import VersionConflict
from kernel.models import require_version
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db


def stored(order: Order) -> tuple[str, int]:
    """What the database holds."""
    return Order.objects.all_with_deleted().values_list("title", "version").get(pk=order.pk)


def test_a_new_row_is_in_its_first_version():
    order = OrderFactory(title="new")

    assert order.version == 1
    assert stored(order) == ("new", 1)


def test_saving_raises_the_version():
    order = OrderFactory()

    order.title = "saved"
    order.save()

    assert order.version == 2
    assert stored(order) == ("saved", 2)


def test_saving_a_few_fields_raises_the_version_and_the_time_of_change():
    order = OrderFactory()
    before = timezone.now()

    order.title, order.city = "saved", "Durban"
    order.save(update_fields=["title"])

    assert stored(order) == ("saved", 2)
    order.refresh_from_db()
    assert (order.city, order.updated_at > before) == ("Cape Town", True)


def test_saving_a_stale_row_raises_the_version_that_the_database_holds():
    order = OrderFactory()
    stale = Order.objects.get(pk=order.pk)
    order.save(update_fields=["title"])

    stale.title = "stale"
    stale.save(update_fields=["title"])

    assert stored(order) == ("stale", 3)


def test_a_save_that_fails_leaves_the_loaded_version():
    order = OrderFactory()

    order.title = "x" * 201
    with pytest.raises(Exception, match="value too long"), transaction.atomic():
        order.save()

    assert order.version == 1


def test_updating_many_raises_the_version_of_each():
    order, other = OrderFactory(), OrderFactory()
    Order.objects.filter(pk=other.pk).update(city="Durban")

    Order.objects.update(title="both")

    assert (stored(order), stored(other)) == (("both", 2), ("both", 3))


def test_a_bulk_update_raises_the_version():
    order, noise = OrderFactory(title="one"), OrderFactory(title="two")

    order.title = "bulk"
    Order.objects.bulk_update([order], ["title"])

    assert (stored(order), stored(noise)) == (("bulk", 2), ("two", 1))


def test_deleting_and_restoring_raise_the_version_of_all_that_they_touch():
    order = OrderFactory()
    photo = OrderPhoto.objects.create(order=order, photo_url="a.png")

    order.delete()
    deleted = order.version
    order.restore()

    photo.refresh_from_db()
    assert (deleted, order.version, photo.version) == (2, 3, 3)


def test_a_version_that_was_not_read_is_refused():
    order = OrderFactory()

    require_version(order, 1)
    require_version(order, None)
    with pytest.raises(VersionConflict) as refused:
        require_version(order, 2)

    assert (refused.value.code, refused.value.field) == ("version_conflict", "version")
