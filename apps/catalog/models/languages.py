"""The languages that the platform speaks."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from apps.catalog.models.entries import ActiveQuerySet
from kernel.audit import audited
from kernel.models import AbstractSoftDeleteModel, SoftDeleteManager, unique_active
from kernel.money import CurrencyField


class Language(AbstractSoftDeleteModel):
    """A language that the platform speaks."""

    code = models.CharField(max_length=10, help_text="Its IETF tag, such as en or ky.")
    name = models.CharField(max_length=60, help_text="Its English name.")
    native_name = models.CharField(max_length=60, help_text="Its own name for itself.")
    is_active = models.BooleanField(default=True, help_text="Whether it is offered.")
    is_default = models.BooleanField(default=False, help_text="Whether it stands in for others.")
    flag_icon = models.CharField(max_length=20, blank=True, help_text="A flag, as an emoji.")
    rtl_support = models.BooleanField(default=False, help_text="Whether it is read right to left.")
    locale_code = models.CharField(max_length=20, blank=True, help_text="Its locale, as en_ZA.")
    currency_code = CurrencyField(blank=True, help_text="The currency that goes with it.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ActiveQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "code", name="language_code", code="code_taken", message="The code is taken."
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, is_deleted=False),
                name="language_one_default",
            ),
        ]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name
