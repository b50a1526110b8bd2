"""The app of leads and who is assigned to them."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Leads."""

    name = "apps.leads"
    label = "leads"
