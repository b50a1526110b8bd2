"""Filters and orders of providers' documents, and the kinds of these."""

import strawberry_django
from strawberry import auto

from apps.providers import models
from schema.base.ids import Ids
from schema.base.types import choices

DocumentType = choices(
    models.ProviderDocument.Type,
    "ProviderDocumentType",
    "What a provider's document shows.",
    IDENTITY="Who runs the business.",
    REGISTRATION="That the business is registered.",
    LICENSE="That it may do its work.",
    INSURANCE="That it is insured.",
    BACKGROUND_CHECK="That those who run it were checked.",
    OTHER="Something else.",
)
DocumentStatus = choices(
    models.ProviderDocument.Status,
    "ProviderDocumentStatus",
    "What came of a provider's document.",
    PENDING="Staff have not decided.",
    APPROVED="Staff found it good.",
    REJECTED="Staff could not accept it.",
    EXPIRED="It was good, and holds no longer.",
    SUPERSEDED="It was good, and a newer one took its place.",
)


@strawberry_django.filter_type(models.ProviderDocument, lookups=True)
class ProviderDocumentFilter:
    """Which documents to list."""

    id: Ids | None
    provider_id: Ids | None
    category_id: Ids | None
    status: models.ProviderDocument.Status | None
    document_type: models.ProviderDocument.Type | None
    expires_date: auto
    created_at: auto


@strawberry_django.order_type(models.ProviderDocument)
class ProviderDocumentOrder:
    """How to order documents."""

    created_at: auto
    expires_date: auto
    reviewed_at: auto
