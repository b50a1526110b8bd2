"""Makes a migrated database ready for its first users."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.catalog.services.languages import ensure_languages
from apps.core.services.system_settings import ensure_settings
from apps.leads.services.refund_reasons import ensure_refund_reasons
from kernel.viewer import SYSTEM, acting_as


class Command(BaseCommand):
    """Check the migrations, set up permissions, languages and the settings that the product reads,
    and the super admin of SUPER_ADMIN_EMAIL where that is given. Safe to run again.
    """

    help = "Make a migrated database ready for its first users; safe to run again."

    def handle(self, **options: Any) -> None:
        """Do it; CommandError where the database is not migrated."""
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            raise CommandError(f"{len(waiting)} migrations wait: run manage.py migrate first.")
        call_command("setup_permissions", stdout=self.stdout, stderr=self.stderr)
        with acting_as(SYSTEM):
            kinds = {
                "Languages": ensure_languages(),
                "Settings": ensure_settings(),
                "Reasons for refunds": ensure_refund_reasons(),
            }
        for what, added in kinds.items():
            self.stderr.write(f"{what}: {', '.join(added) if added else 'nothing to change'}.")
        if os.environ.get("SUPER_ADMIN_EMAIL"):
            call_command("create_super_admin", stdout=self.stdout, stderr=self.stderr)
