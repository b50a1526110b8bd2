"""Registering the documents that clients are built with."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from apps.core.errors import DocumentChanged
from apps.core.models import TrustedDocument


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a client's tool wrote it down."""

    key: str
    text: str
    name: str = ""


@transaction.atomic
def register_documents(documents: Iterable[Document]) -> int:
    """Register documents, those known already apart; returns how many are new.

    Raises DocumentChanged where a key stands for another text: clients that are out there mean
    that one.
    """
    given = {document.key: document for document in documents}
    known = dict(
        TrustedDocument.objects.filter(key__in=given).values_list("key", "text").iterator()
    )
    for key, text in known.items():
        if given[key].text != text:
            raise DocumentChanged(params={"key": key})
    new = [document for key, document in given.items() if key not in known]
    TrustedDocument.objects.bulk_create(
        TrustedDocument(
            key=document.key,
            digest=hashlib.sha256(document.text.encode()).hexdigest(),
            name=document.name,
            text=document.text,
        )
        for document in new
    )
    return len(new)
