"""Registers the documents of a client's manifest, as Apollo's and Relay's tools write it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from graphql import GraphQLError
from tqdm import tqdm

from apps.core.errors import DocumentChanged
from apps.core.services.documents import Document, register_documents
from schema.base.execution import InvalidDocument, prepare
from schema.root import schema


class Command(BaseCommand):
    """Check all documents of all files, and register them, or none of them."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The files."""
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *, files: list[Path], **options: Any) -> None:
        """Register them; CommandError names the first document that cannot run."""
        documents = [document for file in files for document in _read(file)]
        for document in tqdm(documents, desc="Documents", unit=" documents", leave=False):
            _check(document)
        try:
            new = register_documents(documents)
        except DocumentChanged as error:
            raise CommandError(error.messages[0]) from error
        self.stdout.write(f"{new} documents are new, {len(documents) - new} were registered.")


def _read(file: Path) -> Iterator[Document]:
    """The documents of a manifest: Apollo's, with its format, or Relay's, from ids to texts."""
    try:
        found = json.loads(file.read_text("utf-8"))
        if found.get("format") == "apollo-persisted-query-manifest":
            for each in found["operations"]:
                yield Document(key=str(each["id"]), text=each["body"], name=each["name"] or "")
        else:
            for key, text in found.items():
                yield Document(key=key, text=text + "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{file} is no manifest of documents.") from error


def _check(document: Document) -> None:
    """Raise CommandError for a document that this server would refuse."""
    named = f"{document.key} {document.name}".strip()
    if not 0 < len(document.key) <= 100 or len(document.name) > 200:
        raise CommandError(f"The id or the name of {named[:200]} is too long.")
    try:
        prepare(schema, document.text, None, is_open=True)
    except InvalidDocument as error:
        raise CommandError(f"{named}: {error.errors[0].message}") from error
    except GraphQLError as error:
        raise CommandError(f"{named}: {error.message}") from error
