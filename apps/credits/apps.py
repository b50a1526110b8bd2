"""The app of providers' credits."""

from django.apps import AppConfig


class CreditsConfig(AppConfig):
    """Credits."""

    name = "apps.credits"
    label = "credits"
