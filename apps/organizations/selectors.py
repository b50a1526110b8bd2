"""Reads that services and access share."""

import hashlib
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.organizations.models import Invitation, Membership
from kernel import clock
from kernel.lookup import one_of


def active_membership(organization_id: UUID, user_id: UUID) -> Membership:
    """The place of somebody who belongs to an organization, in force. Raises NotFound."""
    found: Membership = one_of(
        Membership.objects.active(), organization=organization_id, user=user_id
    )
    return found


def digest(token: str) -> str:
    """What of an invitation's token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitations(token: str) -> QuerySet[Any]:
    """The invitation of a token, or none where it cannot be accepted now."""
    found: QuerySet[Any] = Invitation.objects.open_at(clock.now()).filter(
        token_hash=digest(token), organization__is_deleted=False
    )
    return found
