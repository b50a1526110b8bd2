"""From a token or an id to a person, for those who may know."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value

from apps.accounts import errors, tokens
from apps.accounts.models import (
    ClientProfile,
    Device,
    FriendRequest,
    Session,
    User,
    UserVerification,
)
from apps.accounts.tokens import AccessToken
from apps.organizations.models import Membership
from kernel import clock
from kernel.actions import Actions
from kernel.compiled import Compiled
from kernel.lookup import among, among_pairs, one_of
from kernel.viewer import Reach, Viewer


def viewer_of_token(
    token: str | None, *, request_id: str = "", ip_address: str | None = None
) -> Viewer:
    """The viewer of an access token; without one, a visitor. Raises InvalidAccessToken."""
    claims = None if token is None else tokens.read(token)
    return viewer_of(claims, request_id=request_id, ip_address=ip_address)


def viewer_of(
    claims: AccessToken | None, *, request_id: str = "", ip_address: str | None = None
) -> Viewer:
    """The viewer of what an access token said; a visitor of None. Raises InvalidAccessToken.

    The session is looked up each time, so that a revoked one stops working at once. That costs one
    query, and for the platform's staff another one.
    """
    if claims is None:
        return Viewer(request_id=request_id, ip_address=ip_address)
    rows = _signed_in(claims.session_id, claims.user_id, claims.organization_id, clock.now())
    user = next(iter(rows), None)
    if user is None or not user.is_active or (claims.organization_id and user.granted is None):
        raise errors.InvalidAccessToken
    granted = json.loads(user.granted) if user.granted else {}
    locked_out = bool(granted.get("second_factor")) and user.second_factor_at is None
    return Viewer(
        user=user,
        organization_id=None if locked_out else claims.organization_id,
        session_id=claims.session_id,
        permissions=frozenset(() if locked_out else granted.get("permissions", ())),
        reach=Reach(granted.get("reach", Reach.OWN)),
        staff_permissions=staff_permissions(user),
        verified_at=user.verified_at,
        has_second_factor=user.second_factor_at is not None,
        lacks_second_factor=locked_out,
        lacks_staff_factor=_lacks_staff_factor(user),
        language=user.language or "",
        request_id=request_id,
        ip_address=ip_address,
    )


def lasting(claims: Collection[AccessToken], *, are_known: bool = False) -> Collection[AccessToken]:
    """Those of many for whom ``viewer_of`` finds a viewer, in two statements for all of them.

    ``are_known`` says that it found one for each before: whose a session is does not change, so
    that asking for it is spared.
    """
    sessions = {each.session_id for each in claims}
    pairs = set() if are_known else {(each.session_id, each.user_id) for each in claims}
    live = Session.objects.live().filter(
        among_pairs("pk", "user", pairs) if pairs else among("pk", sessions),
        user__blocked=False,
        user__is_deleted=False,
    )
    acting = {(each.user_id, each.organization_id) for each in claims if each.organization_id}
    # Mostly all of them last: then counting them is enough, and costs a tenth.
    if not acting and live.count() == len(pairs or sessions):
        return claims
    found = {*live.values_list("pk", "user_id")}
    memberships = Membership.objects.active().filter(
        among_pairs("user", "organization", acting), organization__is_deleted=False
    )
    members = {*memberships.values_list("user_id", "organization_id")}
    return {
        each
        for each in claims
        if (each.session_id, each.user_id) in found
        and (each.organization_id is None or (each.user_id, each.organization_id) in members)
    }


def _users_signed_in(
    session_id: UUID, user_id: UUID, organization_id: UUID | None, now: datetime
) -> QuerySet[User]:
    """The user of a session that lasts, with what their role in an organization grants.

    ``granted`` is null for those who are no members of it.
    """
    memberships = (
        Membership.objects.active()
        .filter(user=OuterRef("pk"), organization=organization_id, organization__is_deleted=False)
        .annotate(
            # Not Django's JSONObject, which asks the server for its version while it is compiled.
            granted=Func(
                *(Value("permissions"), F("role__permissions")),
                *(Value("reach"), F("role__reach")),
                *(Value("second_factor"), F("organization__requires_second_factor")),
                function="jsonb_build_object",
                output_field=TextField(),
            )
        )
    )
    return User._base_manager.filter(
        pk=user_id,
        sessions__pk=session_id,
        sessions__revoked_at=None,
        sessions__expires_at__gt=now,
    ).annotate(
        verified_at=F("sessions__verified_at"),
        second_factor_at=F("sessions__second_factor_at"),
        granted=Subquery(memberships.values("granted")[:1]),
        language=F("profile__preferred_language__code"),
    )


#: Asked for by every operation.
_signed_in = Compiled(
    _users_signed_in, UUID(int=1), UUID(int=2), UUID(int=3), datetime(1, 1, 1, tzinfo=UTC)
)


def _lacks_staff_factor(user: Any) -> bool:
    """Whether one of the staff has not shown, in this session, the second factor that they must."""
    return settings.STAFF_SECOND_FACTOR and user.is_staff and user.second_factor_at is None


def staff_permissions(user: Any) -> frozenset[str]:
    """Django's permissions of one of the staff, their groups' included; superusers need none."""
    if not user.is_staff or user.is_superuser:
        return frozenset()
    found = Permission.objects.filter(Q(user=user) | Q(group__user=user)).values_list(
        "content_type__app_label", "codename"
    )
    return frozenset(f"{label}.{codename}" for label, codename in found)


def client_of(viewer: Viewer) -> ClientProfile:
    """The viewer as one who asks for work; every account has that side. Raises NotFound."""
    found: ClientProfile = one_of(ClientProfile.objects.all(), user_profile__user=viewer.user_id)
    return found


def session_of(viewer: Viewer, pk: UUID) -> Session:
    """One of the viewer's own sessions that go on. Raises NotFound."""
    found: Session = one_of(Session.objects.visible_to(viewer), pk=pk)
    return found


def user_visible_to(viewer: Viewer, user_id: UUID) -> User:
    """A user whom the viewer may know of. Raises NotFound."""
    found: User = one_of(User.objects.visible_to(viewer), pk=user_id)
    return found


def befriendable(viewer: Viewer, user_id: UUID) -> User:
    """A user whom the viewer may know of, and whose account is open. Raises NotFound."""
    found: User = one_of(User.objects.visible_to(viewer), pk=user_id, blocked=False)
    return found


def device_of(viewer: Viewer, device_id: UUID) -> Device:
    """One of the viewer's own devices. Raises NotFound."""
    found: Device = one_of(Device.objects.visible_to(viewer), pk=device_id)
    return found


#: What the two of a request for friendship may do with it.
FRIEND_REQUESTS = Actions(
    FriendRequest,
    {
        "acceptFriendship": lambda viewer: Q(
            receiver=viewer.user_id, sender__is_deleted=False, sender__blocked=False
        ),
        "declineFriendship": lambda viewer: Q(receiver=viewer.user_id) | Q(sender=viewer.user_id),
    },
)


def _reviews(viewer: Viewer) -> Q | bool:
    may = viewer.has_permission("accounts.change_userverification")
    return may and ~Q(user_profile__user=viewer.user_id)


VERIFICATIONS = Actions(UserVerification, {"reviewVerification": _reviews})


def verification_visible_to(viewer: Viewer, verification_id: UUID) -> UserVerification:
    """A verification that the viewer may see. Raises NotFound."""
    found: UserVerification = one_of(
        UserVerification.objects.visible_to(viewer), pk=verification_id
    )
    return found
