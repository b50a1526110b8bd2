"""The app of what all domains share: the event log, idempotency, settings, app versions."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Core."""

    name = "apps.core"
    label = "core"
