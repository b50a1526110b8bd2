"""Filters and orders of users, requests for friendship and verifications."""

import strawberry_django
from strawberry import auto

from apps.accounts import models
from schema.base.ids import Ids
from schema.base.types import choices

FriendRequestStatus = choices(
    models.FriendRequest.Status,
    "FriendRequestStatus",
    "What came of a request for friendship.",
    PENDING="It waits for an answer.",
    ACCEPTED="The two became friends.",
    DECLINED="It was turned down or taken back.",
)
VerificationType = choices(
    models.UserVerification.Type,
    "VerificationType",
    "What can be verified of a user.",
    IDENTITY="Who they are.",
    ADDRESS="Where they live.",
    BUSINESS="That they run a business.",
    QUALIFICATION="What they learned.",
)
VerificationStatus = choices(
    models.UserVerification.Status,
    "VerificationStatus",
    "What came of a verification.",
    PENDING="Staff have not decided.",
    APPROVED="Staff saw that it is so.",
    REJECTED="Staff could not see that it is so.",
)


@strawberry_django.filter_type(models.User, lookups=True)
class UserFilter:
    """Which users to list."""

    id: Ids | None
    name: auto


@strawberry_django.order_type(models.User)
class UserOrder:
    """How to order users."""

    name: auto
    points: auto


@strawberry_django.filter_type(models.FriendRequest, lookups=True)
class FriendRequestFilter:
    """Which requests to list."""

    id: Ids | None
    status: models.FriendRequest.Status | None
    created_at: auto


@strawberry_django.order_type(models.FriendRequest)
class FriendRequestOrder:
    """How to order requests."""

    created_at: auto
    answered_at: auto


@strawberry_django.filter_type(models.UserVerification, lookups=True)
class UserVerificationFilter:
    """Which verifications to list."""

    id: Ids | None
    status: models.UserVerification.Status | None
    verification_type: models.UserVerification.Type | None
    created_at: auto


@strawberry_django.order_type(models.UserVerification)
class UserVerificationOrder:
    """How to order verifications."""

    created_at: auto
    reviewed_at: auto
