"""Celery's entry points to providers."""

from uuid import UUID

from celery import shared_task

from apps.providers.services import expiry


@shared_task
def follow_documents() -> None:
    """Start a task for each document that expired, or that its owner is to be reminded of."""
    for document_id in expiry.expired_documents():
        expire_document.delay(document_id=str(document_id))
    for document_id in expiry.expiring_documents():
        remind_of_document.delay(document_id=str(document_id))


@shared_task
def expire_document(*, document_id: str) -> None:
    """Note that a document holds no longer."""
    expiry.expire_document(document_id=UUID(document_id))


@shared_task
def remind_of_document(*, document_id: str) -> None:
    """Tell the owner of a document that it ends soon."""
    expiry.remind_of_document(document_id=UUID(document_id))
