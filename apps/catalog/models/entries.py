"""What all entries of the catalog have in common: everyone may read them, in their own language."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from kernel.models import (
    AbstractSoftDeleteModel,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.viewer import Viewer


class CatalogQuerySet(SoftDeleteQuerySet[Any]):
    """Entries of the catalog, which everyone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them."""
        return self


class ActiveQuerySet(CatalogQuerySet):
    """Entries that can be switched off."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in use; all of them for staff."""
        return self if viewer.oversees(self.model) else self.filter(is_active=True)


def slug_once(model: str) -> models.UniqueConstraint:
    """A slug is used once in a model, deleted rows aside."""
    return unique_active(
        "slug", name=f"{model}_slug", code="slug_taken", message="The slug is taken."
    )


def ordered(least: str, most: str, name: str) -> models.CheckConstraint:
    """The least value is not above the greatest, where both are given."""
    return models.CheckConstraint(
        condition=Q(**{f"{least}__isnull": True})
        | Q(**{f"{most}__isnull": True})
        | Q(**{f"{least}__lte": F(most)}),
        name=name,
        violation_error_code="invalid_range",
        violation_error_message="The least value is above the greatest.",
    )


def not_negative(amount: str, *, name: str) -> models.CheckConstraint:
    """An amount is not below zero."""
    return models.CheckConstraint(
        condition=Q(**{f"{amount}__gte": 0}),
        name=name,
        violation_error_code="negative_price",
        violation_error_message="A price is not below zero.",
    )


class TranslatedModel(AbstractSoftDeleteModel):
    """An entry whose texts stand in the platform's default language, and may in others too."""

    #: The columns that have translations.
    translatable: ClassVar[tuple[str, ...]] = ("name", "description")

    translations = models.JSONField(
        default=dict,
        blank=True,
        help_text="Texts in other languages: {fr: {name: Plomberie}}.",
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(CatalogQuerySet)()

    class Meta:
        abstract = True

    def text(self, name: str, language: str) -> str:
        """A text in a language by its IETF tag, else in a wider one (fr-CA, then fr), else in the
        platform's default language.
        """
        texts = {tag.lower(): found for tag, found in self.translations.items()}
        tag = language.replace("_", "-").lower() if texts else ""
        while tag:
            if found := texts.get(tag, {}).get(name):
                return str(found)
            tag = tag.rpartition("-")[0]
        return str(getattr(self, name))
