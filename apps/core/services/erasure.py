"""Removing what the log of messages and requests still tells of a person."""

from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from apps.core.models import IdempotencyRecord, OutboundMessage


def erase_traces(*, user_id: UUID, email: str) -> None:
    """Remove for good the messages to a user, the answers kept for their repeats, and the name that
    the admin's own history has for them.
    """
    OutboundMessage.objects.filter(user=user_id).delete()
    IdempotencyRecord.objects.filter(scope=str(user_id)).delete()
    LogEntry.objects.filter(object_repr__icontains=email).update(object_repr="")


def erase_names(rows: QuerySet[Any]) -> None:
    """Remove for good the names that the admin's own history has for rows."""
    model: type[Model] = rows.model
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=[str(key) for key in rows.values_list("pk", flat=True)],
    ).update(object_repr="")
