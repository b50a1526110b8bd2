"""Reading accounts."""

import strawberry
from strawberry import relay

from apps.accounts import deeds, models
from schema.accounts.filters import UserVerificationFilter, UserVerificationOrder
from schema.accounts.types.friends import Deed
from schema.accounts.types.users import User
from schema.accounts.types.verifications import UserVerification
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.base.tariff import ListSizeDirective


@strawberry.type
class AccountsQuery:
    """Root fields of accounts."""

    verifications: Connection[UserVerification] = connection(
        gate=SignedIn,
        filters=UserVerificationFilter,
        order=UserVerificationOrder,
        description="What one wants verified; for staff who decide, what everybody does.",
    )

    @query(gate=SignedIn, description="The signed-in user.")
    def me(self, info: Info) -> User:
        """The signed-in user."""
        return fetch(models.User, info.context.viewer.user_id, info)

    @query(gate=SignedIn, description="A user whom the caller may know of.")
    def user(self, info: Info, id: relay.GlobalID) -> User:
        """A user by id."""
        return fetch(models.User, id, info)

    @query(
        gate=SignedIn,
        description="What one earns points for.",
        size=ListSizeDirective(assumed_size=50),
    )
    def deeds(self, info: Info) -> list[Deed]:
        """All deeds with their worth."""
        return [
            Deed(code=deed.code, points=deed.points, description=deed.description)
            for deed in deeds.DEEDS
        ]
