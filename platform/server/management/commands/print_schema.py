"""Writes schema/schema.graphql, or says that it is stale."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from schema.root import schema


class Command(BaseCommand):
    """Prints the schema into the committed file."""

    help = "Write schema/schema.graphql from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--check`` compares instead of writing."""
        parser.add_argument("--check", action="store_true", help="Fail when the file is stale.")

    def handle(self, *, check: bool, **options: Any) -> None:
        """Write the file; with ``check``, raise CommandError when it would change."""
        file, text = settings.BASE_DIR / "schema/schema.graphql", schema.as_str() + "\n"
        if not check:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            raise CommandError("schema/schema.graphql is stale: run make schema.")
