"""Documents that providers show, and what staff decide about them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from apps.accounts.services.letters import write_to
from apps.providers import errors
from apps.providers.events import DocumentReviewed, DocumentsDiscarded, DocumentSubmitted
from apps.providers.models import ProviderDocument, ServiceProviderProfile
from apps.providers.services.locks import locked_provider
from apps.providers.services.requirements import require_documents
from kernel import clock, events, storage, uploads

__all__ = [
    "discard_documents",
    "remove_files",
    "require_documents",
    "review_provider_document",
    "submit_provider_document",
    "withdraw_provider_document",
]

Status, Type = ProviderDocument.Status, ProviderDocument.Type


@transaction.atomic
def submit_provider_document(
    *,
    provider: ServiceProviderProfile,
    document_type: ProviderDocument.Type,
    file: BinaryIO,
    details: Mapping[str, Any],
) -> ProviderDocument:
    """Show staff a document; pictures are encoded anew.

    ``details`` are its number, category, issued_date and expires_date. Raises InvalidFile,
    FileTooLarge, DocumentExpired, or ValidationError (document_pending, invalid_range).
    """
    kept = uploads.accepted(file)
    provider = locked_provider(provider.pk)
    document = ProviderDocument(provider=provider, document_type=document_type, **details)
    document.name, document.content_type = kept.name, kept.content_type
    _require_lasting(document)
    # Checked before the file is kept: a refusal takes back rows, not files.
    document.full_clean(exclude=["file"])
    document.file.save(kept.key, kept.content)
    events.publish(DocumentSubmitted(**about(document), document_type=document.document_type))
    return document


@transaction.atomic
def withdraw_provider_document(*, document: ProviderDocument) -> None:
    """Take back a document before staff decided; it is gone for good. Raises AlreadyReviewed."""
    document = _locked_document(document)
    if document.status != Status.PENDING:
        raise errors.AlreadyReviewed
    discard_documents([document])


@transaction.atomic
def review_provider_document(
    *,
    document: ProviderDocument,
    by: Any,
    approved: bool,
    notes: str = "",
    expires_date: date | None = None,
) -> ProviderDocument:
    """Decide about a document; one that is approved takes the place of older ones of its kind.

    ``expires_date`` is what staff read on it, where its owner said otherwise. Raises OwnDocument,
    DocumentExpired, ValidationError, and AlreadyReviewed where somebody else was faster.
    """
    document = _locked_document(document)
    if by is not None and document.provider.user_profile.user_id == by.pk:
        raise errors.OwnDocument
    if document.status != Status.PENDING:
        raise errors.AlreadyReviewed
    document.status = Status.APPROVED if approved else Status.REJECTED
    document.expires_date = expires_date or document.expires_date
    document.review_notes, document.reviewed_by = notes, by
    document.reviewed_at = clock.now()
    if approved:
        _require_lasting(document)
        _supersede(document)
    document.full_clean(exclude=["file"])
    document.save()
    _write_to(document)
    events.publish(
        DocumentReviewed(**about(document), document_type=document.document_type, approved=approved)
    )
    return document


def discard_documents(documents: Iterable[ProviderDocument]) -> None:
    """Remove documents for good, and their files once that is committed."""
    files = [document.file.name for document in documents if document.file.name]
    for document in documents:
        document.hard_delete()
    if files:
        events.publish(DocumentsDiscarded(files=files))


def remove_files(*, files: Collection[str]) -> None:
    """Remove files that no document has from where they are kept; gone ones are no matter."""
    storage.remove_files(ProviderDocument._meta.get_field("file"), files)


def about(document: ProviderDocument) -> dict[str, UUID]:
    """What facts say of a document: itself, its provider, and who runs that."""
    provider = document.provider
    return {
        "document_id": document.pk,
        "provider_id": provider.pk,
        "user_id": provider.user_profile.user_id,
    }


def _locked_document(document: ProviderDocument) -> ProviderDocument:
    """A document as it is now; raises AlreadyReviewed for one that was taken back meanwhile."""
    provider = locked_provider(document.provider_id)
    found = ProviderDocument.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if found is None:
        raise errors.AlreadyReviewed
    found.provider = provider
    return found  # type: ignore[no-any-return]


def _require_lasting(document: ProviderDocument) -> None:
    today = clock.today(document.provider.time_zone)
    if document.expires_date is not None and document.expires_date < today:
        raise errors.DocumentExpired


def _supersede(document: ProviderDocument) -> None:
    ProviderDocument.objects.filter(
        provider=document.provider,
        document_type=document.document_type,
        category=document.category_id,
        status=Status.APPROVED,
        created_at__lt=document.created_at,
    ).update(status=Status.SUPERSEDED)


def _write_to(document: ProviderDocument) -> None:
    write_to(
        document.provider.user_profile.user,
        "document_reviewed",
        type=document.document_type,
        approved=document.status == Status.APPROVED,
        notes=document.review_notes,
    )
