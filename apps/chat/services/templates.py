"""Messages that staff write once and others send often."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from apps.chat import errors
from apps.chat.events import (
    ChatTemplateCreated,
    ChatTemplateDeleted,
    ChatTemplateRestored,
    ChatTemplateUpdated,
)
from apps.chat.models import ChatTemplate
from apps.chat.models.templates import PLACEHOLDER
from kernel import events
from kernel.constraints import save_checked
from kernel.lookup import one_of
from kernel.models import require_version


@transaction.atomic
def create_template(*, details: Mapping[str, Any]) -> ChatTemplate:
    """Offer a template. ``details`` are fields of its model.

    Raises InvalidVariable, UnknownVariable, UnusedVariable or ValidationError.
    """
    template = ChatTemplate(**details)
    save_checked(template)
    events.publish(ChatTemplateCreated(template_id=template.pk))
    return template


@transaction.atomic
def update_template(
    *, template: ChatTemplate, changes: Mapping[str, Any], version: int | None = None
) -> ChatTemplate:
    """Change a template; what was sent stays as it was.

    Raises VersionConflict, NotFound, and what ``create_template`` does.
    """
    template = _locked(template)
    require_version(template, version)
    for name, value in changes.items():
        setattr(template, name, value)
    save_checked(template, update_fields=list(changes))
    events.publish(ChatTemplateUpdated(template_id=template.pk))
    return template


@transaction.atomic
def delete_template(*, template: ChatTemplate) -> ChatTemplate:
    """Offer a template no longer. Raises NotFound."""
    template = _locked(template)
    template.soft_delete()
    events.publish(ChatTemplateDeleted(template_id=template.pk))
    return template


@transaction.atomic
def restore_template(*, template: ChatTemplate) -> ChatTemplate:
    """Bring back a deleted template.

    Raises ValidationError where another one has its name by now: name_taken.
    """
    try:
        with transaction.atomic():
            template.restore()
    except IntegrityError as error:
        told = ValidationError("There is a template of that name.", code="name_taken")
        raise ValidationError({NON_FIELD_ERRORS: told}) from error
    events.publish(ChatTemplateRestored(template_id=template.pk))
    return template


def render(*, template: ChatTemplate, values: Mapping[str, str]) -> str:
    """What a template says with its blanks filled in. Raises MissingVariable."""
    for name in template.variables:
        if not values.get(name, "").strip():
            raise errors.MissingVariable(params={"name": name})
    return PLACEHOLDER.sub(lambda found: values[found[1]], template.content)


def count_use(*, template: ChatTemplate) -> None:
    """Count that a template was sent. Its version stays: nobody changed it."""
    ChatTemplate.objects.all_with_deleted().filter(pk=template.pk).update(
        usage_count=F("usage_count") + 1, version=F("version"), updated_at=F("updated_at")
    )


def _locked(template: ChatTemplate) -> ChatTemplate:
    rows = ChatTemplate.objects.select_for_update(no_key=True)
    found: ChatTemplate = one_of(rows, pk=template.pk)
    return found
