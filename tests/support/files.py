"""Files as clients send them, and as they are kept."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from tests.support.graphql import Answer, GraphQL

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def send_file(
    graphql: GraphQL,
    document: str,
    given: dict[str, Any],
    content: bytes,
    *,
    by: User | None,
    name: str = "plan.pdf",
) -> Answer:
    """Run a mutation whose input takes a file besides other fields."""
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    variables = {"input": {"file": None} | given}
    return graphql.upload(document, variables, file, at="variables.input.file", by=by)


def private_files() -> list[Path]:
    """The files that only some may open, as the storage keeps them."""
    return [path for path in Path(settings.PRIVATE_MEDIA_ROOT).rglob("*") if path.is_file()]
