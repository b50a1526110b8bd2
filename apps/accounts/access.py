"""From a token or an id to a person, for those who may know."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from apps.accounts import errors, tokens
from apps.accounts.models import ClientProfile, User
from apps.organizations.models import Membership
from kernel import clock
from kernel.compiled import Compiled
from kernel.lookup import one_of
from kernel.viewer import VISITOR, Viewer


def viewer_of_token(token: str | None, *, request_id: str = "") -> Viewer:
    """The viewer of an access token; without one, a visitor. Raises InvalidAccessToken.

    The session is looked up each time, so that a revoked one stops working at once.
    """
    if token is None:
        return VISITOR if not request_id else Viewer(request_id=request_id)
    claims = tokens.read(token)
    organization_id = claims.organization_id
    user = next(
        iter(_signed_in(claims.session_id, claims.user_id, organization_id, clock.now())), None
    )
    if user is None or not user.is_active or (organization_id and user.granted is None):
        raise errors.InvalidAccessToken
    return Viewer(
        user=user,
        organization_id=organization_id,
        session_id=claims.session_id,
        permissions=frozenset(user.granted or ()),
        request_id=request_id,
    )


def _users_signed_in(
    session_id: UUID, user_id: UUID, organization_id: UUID | None, now: datetime
) -> QuerySet[User]:
    """The user of a session that lasts, with what their role in an organization grants.

    ``granted`` is null for those who are no members of it.
    """
    memberships = Membership.objects.active().filter(
        user=OuterRef("pk"), organization=organization_id, organization__is_deleted=False
    )
    return User._base_manager.filter(
        pk=user_id,
        sessions__pk=session_id,
        sessions__revoked_at=None,
        sessions__expires_at__gt=now,
    ).annotate(granted=Subquery(memberships.values("role__permissions")[:1]))


#: Asked for by every operation.
_signed_in = Compiled(
    _users_signed_in, UUID(int=1), UUID(int=2), UUID(int=3), datetime(1, 1, 1, tzinfo=UTC)
)


def client_of(viewer: Viewer) -> ClientProfile:
    """The viewer as one who asks for work; every account has that side. Raises NotFound."""
    found: ClientProfile = one_of(ClientProfile.objects.all(), user_profile__user=viewer.user_id)
    return found
