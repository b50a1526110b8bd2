"""Filters and orders of templates, notifications and reports."""

import strawberry_django
from strawberry import auto

from apps.chat import models
from schema.base.ids import Ids


@strawberry_django.filter_type(models.ChatTemplate, lookups=True)
class ChatTemplateFilter:
    """Which templates to list."""

    id: Ids | None
    name: auto
    category: auto
    is_active: auto
    created_at: auto


@strawberry_django.order_type(models.ChatTemplate)
class ChatTemplateOrder:
    """How to order templates."""

    name: auto
    category: auto
    usage_count: auto
    created_at: auto


@strawberry_django.filter_type(models.ChatNotification, lookups=True)
class ChatNotificationFilter:
    """Which notifications to list."""

    id: Ids | None
    room_id: Ids | None
    notification_type: models.ChatNotification.Type | None
    is_read: auto
    created_at: auto


@strawberry_django.order_type(models.ChatNotification)
class ChatNotificationOrder:
    """How to order notifications."""

    created_at: auto
    read_at: auto


@strawberry_django.filter_type(models.ChatReport, lookups=True)
class ChatReportFilter:
    """Which reports to list."""

    id: Ids | None
    status: models.ChatReport.Status | None
    reason: models.ChatReport.Reason | None
    action_taken: models.ChatReport.Action | None
    message_id: Ids | None
    reporter_id: Ids | None
    created_at: auto
    resolved_at: auto


@strawberry_django.order_type(models.ChatReport)
class ChatReportOrder:
    """How to order reports."""

    created_at: auto
    resolved_at: auto
