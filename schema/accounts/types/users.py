"""Users and their profiles, as clients see them."""

from typing import TYPE_CHECKING, Annotated

import strawberry
import strawberry_django
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from strawberry import auto

from apps.accounts import models
from apps.orders.models import OrderAssignment
from kernel import clock
from kernel.viewer import Viewer
from kernel.zones import minutes_from_utc
from schema.accounts.filters import (
    FriendRequestFilter,
    FriendRequestOrder,
    UserFilter,
    UserOrder,
)
from schema.base.context import Info
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, computed, derived, only_for

if TYPE_CHECKING:
    from schema.accounts.types.devices import Device
    from schema.accounts.types.friends import FriendRequest
    from schema.accounts.types.sessions import Session
    from schema.catalog.types import Language

UserType = choices(
    models.User.Type,
    "UserType",
    "The hat chosen at sign-up.",
    CLIENT="Asks for work.",
    PROVIDER="Carries out work.",
    ENTREPRENEUR="Runs a business on the platform.",
    RESELLER="Brings customers.",
)

Gender = choices(
    models.UserProfile.Gender,
    "Gender",
    "A gender, as a user states it.",
    FEMALE="Female.",
    MALE="Male.",
    OTHER="Another one.",
    UNDISCLOSED="The user does not say.",
)


def is_self(viewer: Viewer) -> Q:
    """The user's own row."""
    return Q(pk=viewer.user_id)


_devices = models.MfaDevice.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
_codes_left = (
    models.RecoveryCode.objects.filter(device__user=OuterRef("pk"), used_at=None)
    .order_by()
    .values("device__user")
    .annotate(left=Count("pk"))
    .values("left")
)


@strawberry_django.type(models.User)
class User(Node):
    """A person with an account."""

    first_name: auto
    last_name: auto
    name: auto
    user_type: models.User.Type
    created_at: auto
    version: auto
    email = only_for(models.User, "email", rule=is_self)
    is_email_verified = only_for(models.User, "is_email_verified", rule=is_self)
    description = only_for(models.User, "description", rule=is_self)
    points = only_for(models.User, "points", rule=is_self)
    day_streak = only_for(models.User, "day_streak", rule=is_self)
    max_day_streak = only_for(models.User, "max_day_streak", rule=is_self)
    profile: "UserProfile | None" = strawberry_django.field(description="What the user tells.")
    sessions: Connection[
        Annotated["Session", strawberry.lazy("schema.accounts.types.sessions")]
    ] = connection(description="Where the user is signed in; nobody else sees these.")
    mfa_enabled = derived(
        "mfa_enabled",
        bool,
        Exists(_devices),
        rule=is_self,
        description="Whether the user signs in with a second factor.",
    )
    recovery_codes_left = derived(
        "recovery_codes_left",
        int,
        Coalesce(Subquery(_codes_left, output_field=IntegerField()), 0),
        rule=is_self,
        description="The recovery codes that were not used yet.",
    )

    timezone = only_for(models.User, "timezone", rule=is_self)
    blocked = only_for(models.User, "blocked", rule=is_self)
    friends: Connection["User"] = connection(
        filters=UserFilter,
        order=UserOrder,
        own=True,
        description="The user's friends; nobody else sees these.",
    )
    friendship_requests: Connection[
        Annotated["FriendRequest", strawberry.lazy("schema.accounts.types.friends")]
    ] = connection(
        field_name="friend_requests_received",
        filters=FriendRequestFilter,
        order=FriendRequestOrder,
        description="Who asked the user to be friends; of others, the caller's own requests.",
    )
    friendship_requests_sent: Connection[
        Annotated["FriendRequest", strawberry.lazy("schema.accounts.types.friends")]
    ] = connection(
        field_name="friend_requests_sent",
        filters=FriendRequestFilter,
        order=FriendRequestOrder,
        description="Whom the user asked to be friends; of others, those who asked the caller.",
    )
    devices: Connection[Annotated["Device", strawberry.lazy("schema.accounts.types.devices")]] = (
        connection(description="What the user takes push messages on; nobody else sees these.")
    )

    @computed(needs=["timezone"], description="Minutes that the user's clocks are ahead of UTC.")
    def timezone_difference(self) -> int:
        """How far the user's clocks are from UTC at present."""
        return minutes_from_utc(self.timezone, clock.now())

    @computed(needs=["photo"], description="Where the user's picture is.")
    def photo_url(self) -> str | None:
        """Where the user's picture is."""
        return self.photo.url if self.photo else None  # type: ignore[attr-defined]


def is_own_profile(viewer: Viewer) -> Q:
    """The profile of the viewer."""
    return Q(user=viewer.user_id)


@strawberry.type(description="Which messages, of those that one can do without, a user wants.")
class NotificationPreferences:
    """What is on; all that was not turned off."""

    email: bool = strawberry.field(default=True, description="Whether mails are wanted.")
    sms: bool = strawberry.field(default=True, description="Whether text messages are wanted.")
    push: bool = strawberry.field(default=True, description="Whether push messages are wanted.")


def _preferences(info: Info) -> Case:
    """The settings of one's own profile."""
    own = When(is_own_profile(info.context.viewer), then="notification_settings")
    return Case(own, default=Value(None, output_field=JSONField()))


@strawberry_django.type(models.UserProfile)
class UserProfile(Node):
    """What a user tells of themselves: theirs alone to read, but for whether it was verified."""

    is_verified: auto
    version: auto
    preferred_language: Annotated["Language", strawberry.lazy("schema.catalog.types")] | None
    bio = only_for(models.UserProfile, "bio", rule=is_own_profile)
    city = only_for(models.UserProfile, "city", rule=is_own_profile)
    state = only_for(models.UserProfile, "state", rule=is_own_profile)
    country = only_for(models.UserProfile, "country", rule=is_own_profile)
    verification_date = only_for(models.UserProfile, "verification_date", rule=is_own_profile)
    is_phone_verified = only_for(models.UserProfile, "is_phone_verified", rule=is_own_profile)
    date_of_birth = only_for(models.UserProfile, "date_of_birth", rule=is_own_profile)
    phone_number = only_for(models.UserProfile, "phone_number", rule=is_own_profile)
    address = only_for(models.UserProfile, "address", rule=is_own_profile)
    postal_code = only_for(models.UserProfile, "postal_code", rule=is_own_profile)
    gender = only_for(models.UserProfile, "gender", rule=is_own_profile)
    latitude = only_for(models.UserProfile, "latitude", rule=is_own_profile)
    longitude = only_for(models.UserProfile, "longitude", rule=is_own_profile)
    user_type: models.User.Type = strawberry_django.field(
        annotate=F("user__user_type"), description="The hat chosen at sign-up."
    )

    @strawberry_django.field(
        annotate={"_preferences": _preferences},
        description="Which messages the user wants; for the user alone.",
    )
    def notification_preferences(self) -> NotificationPreferences | None:
        """What was not turned off."""
        settings = self._preferences  # type: ignore[attr-defined]
        if settings is None:
            return None
        return NotificationPreferences(
            **{name: settings.get(name, True) for name in ("email", "sms", "push")}
        )


def works_for_client(viewer: Viewer) -> Q:
    """The client's own side, and those of clients whom the viewer works for."""
    return Q(user_profile__user=viewer.user_id) | Q(
        Exists(
            OrderAssignment.objects.filter(
                order__client_profile=OuterRef("pk"),
                provider__user_profile__user=viewer.user_id,
            )
        )
    )


@strawberry_django.type(models.ClientProfile)
class ClientProfile(Node):
    """A user as one who asks for work. The name is shown to providers who work for them."""

    total_orders: auto
    completed_orders: auto
    cancelled_orders: auto
    created_at: auto
    name = only_for(
        models.ClientProfile,
        "user_profile__user__name",
        rule=works_for_client,
    )
