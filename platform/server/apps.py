"""The Django app of the server itself: what is wired once, when a process starts."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

from kernel import events


class ServerConfig(AppConfig):
    """The server."""

    name = "server"

    def ready(self) -> None:
        """Register the handlers of all domains, and what wakes them after a commit."""
        # Celery's app and the channel layer read the settings, so they come when those are there.
        from schema.base import signals
        from server import wakers

        for config in apps.get_app_configs():
            if config.name.startswith("apps.") and find_spec(f"{config.name}.handlers"):
                import_module(f"{config.name}.handlers")
        events.wake_by(wakers.wake_handlers)
        events.wake_by(signals.announce)
