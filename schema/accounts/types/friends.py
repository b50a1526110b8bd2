"""Requests for friendship, and what users earn, as clients see them."""

import strawberry
import strawberry_django
from strawberry import auto

from apps.accounts import models
from apps.accounts.access import FRIEND_REQUESTS
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.types import Node


@strawberry_django.type(models.FriendRequest)
class FriendRequest(Node):
    """One user's wish to be another's friend, for the two to see."""

    sender: User
    receiver: User
    status: models.FriendRequest.Status
    answered_at: auto
    created_at: auto
    viewer_can = viewer_can(FRIEND_REQUESTS)


@strawberry.type(description="Something that users earn points for.")
class Deed:
    """A deed with its worth."""

    code: str = strawberry.field(description="Its name, for programs: stable.")
    points: int = strawberry.field(description="What it is worth.")
    description: str = strawberry.field(description="What one has to do for it.")
