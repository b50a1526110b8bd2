"""The Django app of the server itself: what is wired once, when a process starts."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.module_loading import import_string

from kernel import events

#: By name, for they need the apps that are being made ready here.
WAKERS = ("server.wakers.wake_handlers", "schema.base.signals.announce")
PASSERS = ("schema.base.signals.pass_on",)


class AdminConfig(DjangoAdminConfig):
    """The admin, on a site of our own."""

    default_site = "server.admin.FundiAdminSite"


class ServerConfig(AppConfig):
    """The server."""

    name = "server"

    def ready(self) -> None:
        """Register the handlers of all domains, and what wakes them after a commit."""
        for config in apps.get_app_configs():
            if config.name.startswith("apps.") and find_spec(f"{config.name}.handlers"):
                import_module(f"{config.name}.handlers")
        for waker in WAKERS:
            events.wake_by(import_string(waker))
        for passer in PASSERS:
            events.pass_by(import_string(passer))
