"""The order in which entries of the catalog are shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import F, Func, IntegerField, QuerySet, UUIDField, Value

from apps.catalog import errors
from apps.catalog.events import CatalogChanged
from apps.catalog.models import ServiceCategory, ServiceSubcategory
from apps.catalog.services.entries import lock_catalog
from kernel import events


@transaction.atomic
def sort_service_categories(*, parent: ServiceCategory | None, ids: Sequence[UUID]) -> None:
    """Show the branches below a category, or the roots of the tree, in this order.

    Raises InvalidOrder unless the ids are those of all of them.
    """
    lock_catalog()
    _sort(ServiceCategory.objects.filter(parent=parent), ids)
    _announce(parent.pk if parent else ids[0])


@transaction.atomic
def sort_service_subcategories(*, category: ServiceCategory, ids: Sequence[UUID]) -> None:
    """Show the services of a category in this order.

    Raises InvalidOrder unless the ids are those of all of them.
    """
    lock_catalog()
    _sort(ServiceSubcategory.objects.filter(category=category), ids)
    _announce(category.pk)


def _sort(siblings: QuerySet[Any], ids: Sequence[UUID]) -> None:
    if not ids or sorted(siblings.values_list("pk", flat=True)) != sorted(ids):
        raise errors.InvalidOrder
    keys = Value([*ids], output_field=ArrayField(UUIDField()))
    place = Func(keys, F("pk"), function="array_position", output_field=IntegerField())
    siblings.update(sort_order=place)


def _announce(category_id: UUID) -> None:
    events.publish(CatalogChanged(model=ServiceCategory._meta.label, entry_id=category_id))
