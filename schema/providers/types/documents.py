"""Providers' documents, as they and staff see them."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.providers import models
from apps.providers.access import DOCUMENT_ACTIONS
from kernel.viewer import Viewer, current_viewer
from schema.base.actions import viewer_can
from schema.base.looks import note_look
from schema.base.types import Node, computed, only_for
from schema.catalog.types import ServiceCategory

if TYPE_CHECKING:
    from schema.providers.types.profiles import ServiceProviderProfile


def is_own_document(viewer: Viewer) -> Q:
    """Documents of the viewer's own business."""
    return Q(provider__user_profile__user=viewer.user_id)


def _own(name: str) -> Any:
    """A column that a provider reads back of what it handed in; that staff read it is noted."""
    return only_for(models.ProviderDocument, name, rule=is_own_document, otherwise="")


@strawberry_django.type(models.ProviderDocument)
class ProviderDocument(Node):
    """A document that a provider shows, for itself and staff to see."""

    provider: Annotated[
        "ServiceProviderProfile", strawberry.lazy("schema.providers.types.profiles")
    ]
    document_type: models.ProviderDocument.Type
    category: ServiceCategory | None
    number = _own("number")
    name = _own("name")
    content_type: auto
    issued_date: auto
    expires_date: auto
    status: models.ProviderDocument.Status
    review_notes = _own("review_notes")
    reviewed_at: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(DOCUMENT_ACTIONS)

    @computed(needs=["file"], description="Where the file can be had for some minutes.")
    def url(self) -> str:
        """An address that expires; that staff got one is noted."""
        if current_viewer().is_staff:
            note_look(self)  # type: ignore[arg-type]
        return self.file.url  # type: ignore[attr-defined]
