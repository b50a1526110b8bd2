"""The app of tenants, memberships and roles."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Organizations."""

    name = "apps.organizations"
    label = "organizations"
