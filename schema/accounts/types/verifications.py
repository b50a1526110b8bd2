"""Verifications and their evidence, as the user and staff see them."""

import strawberry_django
from strawberry import auto

from apps.accounts import models
from apps.accounts.access import VERIFICATIONS
from kernel.viewer import current_viewer
from schema.accounts.types.users import UserProfile
from schema.base.actions import viewer_can
from schema.base.looks import note_look
from schema.base.pagination import Connection, connection
from schema.base.types import Node, computed


@strawberry_django.type(models.UserVerification)
class UserVerification(Node):
    """A user's claim about themselves, with evidence that staff look at."""

    user_profile: UserProfile
    verification_type: models.UserVerification.Type
    status: models.UserVerification.Status
    admin_notes: auto
    reviewed_at: auto
    created_at: auto
    version: auto
    evidence: Connection["VerificationEvidence"] = connection(description="The files that show it.")
    viewer_can = viewer_can(VERIFICATIONS)


@strawberry_django.type(models.VerificationEvidence)
class VerificationEvidence(Node):
    """A file that shows what a user claims."""

    name: auto
    content_type: auto
    created_at: auto

    @computed(needs=["file"], description="Where the file can be had for some minutes.")
    def url(self) -> str:
        """An address that expires; that staff got one is noted."""
        if current_viewer().is_staff:
            note_look(self)  # type: ignore[arg-type]
        return self.file.url  # type: ignore[attr-defined]
