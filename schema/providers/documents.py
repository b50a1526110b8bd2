"""The documents that staff look at."""

import strawberry

from schema.base.gates import SignedIn
from schema.base.pagination import Connection, connection
from schema.providers.document_filters import ProviderDocumentFilter, ProviderDocumentOrder
from schema.providers.types import ProviderDocument


@strawberry.type
class DocumentsQuery:
    """Root fields of documents."""

    provider_documents: Connection[ProviderDocument] = connection(
        gate=SignedIn,
        filters=ProviderDocumentFilter,
        order=ProviderDocumentOrder,
        description="The documents of one's business; for staff who decide, those of all.",
    )
