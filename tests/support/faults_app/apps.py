"""The app."""

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    """Facts, and handlers that count what they do."""

    name = "tests.support.faults_app"
    label = "faults"

    def ready(self) -> None:
        """Register the handlers in this process."""
        # Its model needs the apps to be there.
        from tests.support.faults_app import handlers

        handlers.register()
