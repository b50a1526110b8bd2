"""Removing for good what was deleted long ago."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from apps.catalog.models import ServiceAddon, ServiceSubcategory
from apps.core import tasks
from apps.core.services import cleanup
from apps.core.services.cleanup import purge_deleted, purgeable_models
from apps.core.services.event_log import deliver_due
from apps.orders.models import Bid, Order, OrderPhoto
from tests.factories.catalog import AddonFactory, CategoryFactory, SubcategoryFactory
from tests.factories.orders import AssignmentFactory, BidFactory, OrderFactory
from tests.factories.providers import DocumentFactory

pytestmark = pytest.mark.django_db


def deleted(row: Any, *, days: int) -> Any:
    """The row, deleted so many days ago."""
    with time_machine.travel(timezone.now() - timedelta(days=days)):
        row.delete()
    return row


def there(row: Any) -> bool:
    """Whether the table holds the row."""
    return type(row).objects.all_with_deleted().filter(pk=row.pk).exists()


def test_what_was_deleted_more_than_ninety_days_ago_goes():
    old, young, living = deleted(OrderFactory(), days=91), OrderFactory(), OrderFactory()
    deleted(young, days=89)

    gone = purge_deleted(model=Order)

    assert gone == 1
    assert set(Order.objects.all_with_deleted()) == {young, living}
    assert not there(old)


def test_a_row_restored_since_stays():
    order = deleted(OrderFactory(), days=91)
    order.restore()

    assert purge_deleted(model=Order) == 0
    assert list(Order.objects.all()) == [order]


def test_a_row_takes_along_what_its_deletion_took():
    bid = BidFactory()
    deleted(bid.order, days=91)
    noise = BidFactory()

    assert purge_deleted(model=Order) == 1
    assert list(Bid.objects.all_with_deleted()) == [noise]


def test_a_row_that_a_living_one_refers_to_stays():
    assignment = AssignmentFactory()
    deleted(assignment.order, days=91)
    service = SubcategoryFactory()
    OrderFactory(service_subcategory=service)
    deleted(service, days=91)

    assert purge_deleted(model=Order) == 0
    assert purge_deleted(model=ServiceSubcategory) == 0
    assert there(assignment.order) and there(assignment.bid) and there(service)


def test_a_row_stays_while_it_would_take_a_living_one_along():
    order = OrderFactory()
    photo = OrderPhoto.objects.create(order=order, photo_url="a.png")
    deleted(order, days=91)
    photo.restore()

    assert purge_deleted(model=Order) == 0
    assert list(OrderPhoto.objects.all()) == [photo]


def test_a_row_stays_while_it_would_take_a_younger_one_along():
    order = OrderFactory()
    photo = deleted(OrderPhoto.objects.create(order=order, photo_url="a.png"), days=10)
    deleted(order, days=91)

    assert purge_deleted(model=Order) == 0
    assert there(photo)


def test_files_go_with_the_rows_that_named_them_unless_others_do():
    document, shared = DocumentFactory(), DocumentFactory()
    living = DocumentFactory(file=shared.file.name)
    order, branch = OrderFactory(), CategoryFactory(banner_image=ContentFile(b"?", "wide.jpg"))
    photo = OrderPhoto.objects.create(order=order, photo_url=ContentFile(b"?", "photo.jpg"))
    for row in (document, shared, order, branch):
        deleted(row, days=91)

    gone = [purge_deleted(model=type(row)) for row in (document, order, branch)]
    before = [row.storage.exists(row.name) for row in (document.file, photo.photo_url)]
    deliver_due()

    assert (gone, before) == ([2, 1, 1], [True, True])
    for file in (document.file, photo.photo_url, branch.banner_image):
        assert not file.storage.exists(file.name)
    assert living.file.storage.exists(living.file.name)


def test_what_is_kept_is_never_removed(monkeypatch: pytest.MonkeyPatch):
    order = deleted(BidFactory().order, days=91)
    monkeypatch.setattr(Bid, "keep_deleted", True)

    models = list(purgeable_models())
    gone = purge_deleted(model=Order)

    assert Order in models and Bid not in models
    assert gone == 0
    assert there(order) and Bid.objects.deleted_only().count() == 1


def test_a_batch_is_no_larger_than_said_and_takes_the_oldest():
    orders = [deleted(OrderFactory(), days=days) for days in (91, 95, 93)]

    gone = purge_deleted(model=Order, batch=2)

    assert gone == 2
    assert list(Order.objects.all_with_deleted()) == [orders[0]]


def test_rows_that_have_to_stay_do_not_keep_the_others():
    for _ in range(3):
        deleted(OrderFactory(service_subcategory=SubcategoryFactory()).service_subcategory, days=99)
    free = deleted(SubcategoryFactory(), days=91)

    assert purge_deleted(model=ServiceSubcategory, batch=2) == 1
    assert not there(free)


def test_the_task_goes_on_until_a_batch_is_not_full(settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cleanup, "BATCH", 500)
    for _ in range(3):
        deleted(AddonFactory(), days=91)

    assert tasks.purge_deleted(model="catalog.ServiceAddon") == 3
    assert not ServiceAddon.objects.all_with_deleted().exists()
