"""Users and their profiles, as clients see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
import strawberry_django
from django.db.models import Exists, OuterRef, Q
from strawberry import auto

from apps.accounts import models
from apps.accounts.access import viewer_of_token
from apps.orders.models import OrderAssignment
from kernel.viewer import Viewer, acting_as
from schema.base.context import Context, Info
from schema.base.nodes import fetch
from schema.base.types import Node, choices, computed, only_for

if TYPE_CHECKING:
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


def is_self(viewer: Viewer) -> Q:
    """The user's own row."""
    return Q(pk=viewer.user_id)


@strawberry_django.type(models.User)
class User(Node):
    """A person with an account."""

    first_name: auto
    last_name: auto
    name: auto
    user_type: models.User.Type
    description: auto
    points: auto
    day_streak: auto
    max_day_streak: auto
    is_email_verified: auto
    created_at: auto
    version: auto
    email = only_for(models.User, "email", rule=is_self)
    profile: "UserProfile | None" = strawberry_django.field(description="What the user tells.")

    @computed(needs=["photo"], description="Where the user's picture is.")
    def photo_url(self) -> str | None:
        """Where the user's picture is."""
        return self.photo.url if self.photo else None  # type: ignore[attr-defined]


def is_own_profile(viewer: Viewer) -> Q:
    """The profile of the viewer."""
    return Q(user=viewer.user_id)


@strawberry_django.type(models.UserProfile)
class UserProfile(Node):
    """What a user tells of themselves. Address and phone number are the user's own to read."""

    bio: auto
    city: auto
    state: auto
    country: auto
    is_verified: auto
    verification_date: auto
    is_phone_verified: auto
    version: auto
    preferred_language: Annotated["Language", strawberry.lazy("schema.catalog.types")] | None
    date_of_birth = only_for(models.UserProfile, "date_of_birth", rule=is_own_profile)
    phone_number = only_for(models.UserProfile, "phone_number", rule=is_own_profile)
    address = only_for(models.UserProfile, "address", rule=is_own_profile)
    postal_code = only_for(models.UserProfile, "postal_code", rule=is_own_profile)


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


@strawberry.type(description="A signed-in user with the tokens that prove it.")
class AuthPayload:
    """What signing up, signing in and refreshing answer."""

    user_id: strawberry.Private[UUID]
    access_token: str = strawberry.field(description="To be sent as a bearer token.")
    refresh_token: str = strawberry.field(description="To be traded once for the next tokens.")
    expires_in: int = strawberry.field(description="Seconds that the access token is good for.")

    @strawberry.field(description="Who is signed in.")
    def user(self, info: Info) -> User:
        """The user as they see themselves: what is below is read as the token's viewer."""
        viewer = viewer_of_token(self.access_token, request_id=info.context.request_id)
        info.context.payload.enter_context(_seen_by(viewer, info.context))
        return fetch(models.User, self.user_id, info)


@contextmanager
def _seen_by(viewer: Viewer, context: Context) -> Iterator[None]:
    """Read as another viewer, until the payload that this is entered for is read."""
    before, context.viewer = context.viewer, viewer
    try:
        with acting_as(viewer):
            yield
    finally:
        context.viewer = before


@strawberry.type(description="An operation that has nothing to show but that it was done.")
class Done:
    """The answer of mutations without an object."""

    ok: bool = strawberry.field(default=True, description="Always true.")
