"""The app of provider profiles and what they offer."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Providers."""

    name = "apps.providers"
    label = "providers"
