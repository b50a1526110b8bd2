"""Showing documents, deciding about them, and verifying who showed them."""

from datetime import date
from typing import Any, BinaryIO, cast

import strawberry
from strawberry import UNSET, relay
from strawberry.file_uploads import Upload

from apps.catalog import models as catalog
from apps.catalog.access import catalog_entry
from apps.providers import access, models
from apps.providers.services import documents, verification
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import Keyed, mutation
from schema.providers.document_filters import DocumentType
from schema.providers.types import ProviderDocument, ServiceProviderProfile


@strawberry.input(description="A document of one's business.")
class SubmitProviderDocumentInput(Keyed):
    """A new document."""

    document_type: DocumentType = strawberry.field(description="What it shows.")
    file: Upload = strawberry.field(description="The document: PDF, JPEG, PNG or WebP.")
    number: str | None = strawberry.field(default=UNSET, description="The number on it.")
    category_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The branch that it is for; all of them, where it is left out."
    )
    issued_date: date | None = strawberry.field(default=UNSET, description="The day it was issued.")
    expires_date: date | None = strawberry.field(
        default=UNSET, description="The last day it holds; for ever, where it is left out."
    )


@strawberry.input(description="A document of a provider.")
class ProviderDocumentInput:
    """Names a document."""

    id: relay.GlobalID = strawberry.field(description="The document.")


@strawberry.input(description="A decision about a document.")
class ReviewProviderDocumentInput:
    """A decision."""

    id: relay.GlobalID = strawberry.field(description="The document.")
    approved: bool = strawberry.field(description="Whether staff found it good.")
    notes: str = strawberry.field(default="", description="What to say to the provider about it.")
    expires_date: date | None = strawberry.field(
        default=None, description="The last day it holds, where its owner said otherwise."
    )


@strawberry.input(description="Whether a provider is verified.")
class VerifyProviderInput:
    """A decision."""

    provider_id: relay.GlobalID = strawberry.field(description="The provider.")
    is_verified: bool = strawberry.field(description="Whether it may bid.")
    notes: str = strawberry.field(default="", description="Why, for the audit trail.")


def _with_category(viewer: Viewer, details: dict[str, Any]) -> dict[str, Any]:
    """The details of a document with its category in place of the id."""
    id = details.pop("category_id", None)
    if id is not None:
        details["category"] = catalog_entry(
            viewer, catalog.ServiceCategory, key(id, of=catalog.ServiceCategory)
        )
    return details


@strawberry.type
class DocumentsMutation:
    """Mutations of documents."""

    @mutation(gate=SignedIn, description="Show staff a document of one's business.")
    def submit_provider_document(
        self, info: Info, input: SubmitProviderDocumentInput
    ) -> ProviderDocument:
        """Show a document."""
        viewer = info.context.viewer
        return documents.submit_provider_document(
            provider=access.acting_provider(viewer),
            document_type=input.document_type,
            file=cast("BinaryIO", input.file),
            details=_with_category(viewer, given(input, without={"document_type", "file"})),
        )

    @mutation(gate=SignedIn, description="Take back a document before staff decided.")
    def withdraw_provider_document(self, info: Info, input: ProviderDocumentInput) -> Done:
        """Take back a document."""
        document = access.DOCUMENT_ACTIONS.permit(
            info.context.viewer,
            "withdrawProviderDocument",
            key(input.id, of=models.ProviderDocument),
        )
        documents.withdraw_provider_document(document=document)
        return Done()

    @mutation(
        gate=staff("providers.change_providerdocument"),
        description="Decide about a provider's document.",
    )
    def review_provider_document(
        self, info: Info, input: ReviewProviderDocumentInput
    ) -> ProviderDocument:
        """Decide about a document."""
        viewer = info.context.viewer
        return documents.review_provider_document(
            document=access.document_visible_to(viewer, key(input.id, of=models.ProviderDocument)),
            by=viewer.user,
            approved=input.approved,
            notes=input.notes,
            expires_date=input.expires_date,
        )

    @mutation(
        gate=staff("providers.change_serviceproviderprofile"),
        description="Let a provider bid, or let it no more.",
    )
    def verify_provider(self, info: Info, input: VerifyProviderInput) -> ServiceProviderProfile:
        """Verify a provider."""
        viewer = info.context.viewer
        provider_id = key(input.provider_id, of=models.ServiceProviderProfile)
        return verification.verify_provider(
            provider=access.provider_visible_to(viewer, provider_id),
            by=viewer.user,
            is_verified=input.is_verified,
            notes=input.notes,
        )
