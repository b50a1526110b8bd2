"""Messages that are written once and sent often."""

import re
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models

from apps.chat import errors
from kernel.models import (
    AbstractSoftDeleteModel,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.viewer import Viewer

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
VARIABLE = re.compile(r"[a-z][a-z0-9_]*")


class ChatTemplateQuerySet(SoftDeleteQuerySet["ChatTemplate"]):
    """Templates by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in use, for the signed-in; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        return self.filter(is_active=True) if viewer.is_signed_in else self.none()


class ChatTemplate(AbstractSoftDeleteModel):
    """A message with blanks that are filled in when it is sent."""

    name = models.CharField(max_length=80, help_text="What it is called.")
    category = models.CharField(max_length=60, blank=True, help_text="What it is for.")
    subject = models.CharField(max_length=120, blank=True, help_text="What it says, in a line.")
    content = models.TextField(
        validators=[MaxLengthValidator(5_000)],
        help_text="What it says; blanks are written as {{name}}.",
    )
    variables = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="The names of its blanks.",
    )
    is_active = models.BooleanField(default=True, help_text="Whether it is offered.")
    usage_count = models.PositiveIntegerField(default=0, help_text="How often it was sent.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ChatTemplateQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "name",
                name="chat_template_name",
                code="name_taken",
                message="There is a template of that name.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def placeholders(self) -> list[str]:
        """The names that stand in its text and subject, each once."""
        return [*dict.fromkeys(PLACEHOLDER.findall(f"{self.subject}\n{self.content}"))]

    def clean(self) -> None:
        """Check that blanks and variables are the same.

        Raises InvalidVariable, UnknownVariable or UnusedVariable.
        """
        names = self.variables
        if len({*names}) < len(names) or not all(map(VARIABLE.fullmatch, names)):
            raise errors.InvalidVariable
        for name in self.placeholders:
            if name not in names:
                raise errors.UnknownVariable(params={"name": name})
        for name in names:
            if name not in self.placeholders:
                raise errors.UnusedVariable(params={"name": name})
