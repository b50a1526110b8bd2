"""Acting for another organization by the same session."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import Session
from apps.accounts.services import sessions
from apps.accounts.services.sessions import SignedIn
from apps.organizations.models import Organization
from kernel.errors import SecondFactorMissing
from kernel.lookup import one_of


@transaction.atomic
def switch_organization(*, session_id: UUID, organization: Organization) -> SignedIn:
    """Have a session act for an organization that its user belongs to: the answer's tokens do, and
    the session's refresh token before them is good no more.

    Raises SecondFactorMissing where the organization requires one that the session has not shown,
    and NotFound for a session that ended.
    """
    rows = Session.objects.select_for_update(of=("self",)).select_related("user")
    session: Session = one_of(rows, pk=session_id, revoked_at=None)
    if organization.requires_second_factor and session.second_factor_at is None:
        raise SecondFactorMissing
    session.organization = organization
    refresh_token = sessions.renew(session)
    session.save(update_fields=["organization", "token_hash", "last_used_at", "expires_at"])
    return sessions.tokens_of(session, refresh_token)
