"""From a token or an id to a person, for those who may know."""

from uuid import UUID

from django.db.models import Q

from apps.accounts import errors, tokens
from apps.accounts.models import ClientProfile, Session, User
from apps.organizations.models import Membership
from kernel import clock
from kernel.errors import NotFound
from kernel.viewer import VISITOR, Viewer


def viewer_of_token(token: str | None, *, request_id: str = "") -> Viewer:
    """The viewer of an access token; without one, a visitor. Raises InvalidAccessToken.

    The session is looked up each time, so that a revoked one stops working at once.
    """
    if token is None:
        return VISITOR if not request_id else Viewer(request_id=request_id)
    claims = tokens.read(token)
    session = (
        Session.objects.filter(pk=claims.session_id, user=claims.user_id, revoked_at=None)
        .filter(Q(expires_at__gt=clock.now()))
        .select_related("user")
        .first()
    )
    if session is None or not session.user.is_active:
        raise errors.InvalidAccessToken
    organization_id = claims.organization_id
    permissions = _permissions(session.user, organization_id) if organization_id else frozenset()
    return Viewer(
        user=session.user,
        organization_id=organization_id,
        session_id=session.pk,
        permissions=permissions,
        request_id=request_id,
    )


def _permissions(user: User, organization_id: UUID) -> frozenset[str]:
    """What the user's role grants; raises InvalidAccessToken for those who are no members."""
    granted = (
        Membership.objects.active()
        .filter(user=user, organization=organization_id, organization__is_deleted=False)
        .values_list("role__permissions", flat=True)
        .first()
    )
    if granted is None:
        raise errors.InvalidAccessToken
    return frozenset(granted)


def client_of(viewer: Viewer) -> ClientProfile:
    """The viewer as one who asks for work; every account has that side. Raises NotFound."""
    found: ClientProfile | None = ClientProfile.objects.filter(
        user_profile__user=viewer.user_id
    ).first()
    if found is None:
        raise NotFound
    return found


def user_visible_to(viewer: Viewer, user_id: UUID) -> User:
    """A user whom the viewer may know of; raises NotFound."""
    found: User | None = User.objects.visible_to(viewer).filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found
