"""Readies a development database, in one start of Django: each costs a second."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.core.services.system_settings import ensure_settings
from apps.leads.services.refund_reasons import ensure_refund_reasons
from kernel.viewer import SYSTEM, acting_as


class Command(BaseCommand):
    """Migrates, sets up permissions and settings, loads the demo data once, and prints the demo
    accounts.
    """

    help = "Migrate, set up permissions and settings, load the demo data once, print its accounts."

    def handle(self, **options: Any) -> None:
        """Do all of it; the accounts go to standard output."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("setup_permissions")
        with acting_as(SYSTEM):
            ensure_settings()
            ensure_refund_reasons()
        call_command("load_demo", once=True)
        call_command("demo_accounts")
