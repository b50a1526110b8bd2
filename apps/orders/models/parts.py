"""What goes with an order: addons, photos, files. Whoever sees the order sees them."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.orders.models.orders import Order
from kernel.models import (
    AbstractSoftDeleteModel,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.storage import private_storage
from kernel.viewer import Viewer


class PartOfOrderQuerySet(SoftDeleteQuerySet[Any]):
    """Rows that whoever sees the order sees."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of visible orders."""
        if viewer.oversees(self.model):
            return self
        return self.filter(order__in=Order.objects.visible_to(viewer).values("pk"))


class OrderAddon(AbstractSoftDeleteModel):
    """An addon chosen for an order, at the price of that day."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="addons", help_text="The order.")
    addon = models.ForeignKey(
        "catalog.ServiceAddon", models.PROTECT, related_name="+", help_text="What was added."
    )
    quantity = models.PositiveIntegerField(default=1, help_text="How many.")
    currency = CurrencyField(help_text="The order's currency.")
    price = MoneyField(currency="currency", help_text="What one costs.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(PartOfOrderQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "order",
                "addon",
                name="order_addon_once",
                code="duplicate_addon",
                message="The addon is on the order already.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="order_addon_quantity",
                violation_error_code="invalid_quantity",
                violation_error_message="The quantity must be above zero.",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="order_addon_price"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.addon}"


class OrderPhoto(AbstractSoftDeleteModel):
    """A picture of what is to be done."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="photos", help_text="The order.")
    photo_url = models.ImageField(upload_to="orders/", help_text="The picture.")
    caption = models.CharField(max_length=200, blank=True, help_text="What it shows.")
    is_primary = models.BooleanField(default=False, help_text="Whether it stands for the order.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(PartOfOrderQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(is_primary=True, is_deleted=False),
                name="order_photo_primary",
                violation_error_code="primary_taken",
                violation_error_message="The order has a primary photo.",
            )
        ]

    def __str__(self) -> str:
        return self.caption or str(self.photo_url)


class OrderAttachment(AbstractSoftDeleteModel):
    """A file that goes with an order, such as a plan."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="attachments", help_text="The order."
    )
    file = models.FileField(
        upload_to="orders/", storage=private_storage, help_text="The file itself."
    )
    name = models.CharField(max_length=200, help_text="What its owner calls it.")
    caption = models.CharField(max_length=200, blank=True, help_text="What it shows.")
    content_type = models.CharField(max_length=60, help_text="What kind of file it is.")
    size = models.PositiveIntegerField(help_text="Its length in bytes.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(PartOfOrderQuerySet)()

    def __str__(self) -> str:
        return self.name
