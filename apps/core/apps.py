"""The app of what all domains share: the event log, idempotency, settings, app versions."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """Core."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        """Know the settings that all domains declare."""
        autodiscover_modules("configuration")
