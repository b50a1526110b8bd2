"""Removing what the log of messages and requests still tells of a person."""

from uuid import UUID

from django.contrib.admin.models import LogEntry

from apps.core.models import IdempotencyRecord, OutboundMessage


def erase_traces(*, user_id: UUID, email: str) -> None:
    """Remove for good the messages to a user, the answers kept for their repeats, and the name that
    the admin's own history has for them.
    """
    OutboundMessage.objects.filter(user=user_id).delete()
    IdempotencyRecord.objects.filter(scope=str(user_id)).delete()
    LogEntry.objects.filter(object_repr__icontains=email).update(object_repr="")
