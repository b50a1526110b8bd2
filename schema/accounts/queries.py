"""Reading accounts."""

import strawberry
from strawberry import relay

from apps.accounts import models
from schema.accounts.types import User
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.nodes import fetch
from schema.base.pagination import query


@strawberry.type
class AccountsQuery:
    """Root fields of accounts."""

    @query(gate=SignedIn, description="The signed-in user.")
    def me(self, info: Info) -> User:
        """The signed-in user."""
        return fetch(models.User, info.context.viewer.user_id, info)

    @query(gate=SignedIn, description="A user whom the caller may know of.")
    def user(self, info: Info, id: relay.GlobalID) -> User:
        """A user by id."""
        return fetch(models.User, id, info)
