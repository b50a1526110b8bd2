"""Making friends, and parting."""

import strawberry
from strawberry import relay

from apps.accounts import access, models
from apps.accounts.services import friendships
from schema.accounts.types.friends import FriendRequest
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import Keyed, mutation


@strawberry.input(description="Somebody to be friends with.")
class RequestFriendshipInput(Keyed):
    """Names a user."""

    user_id: relay.GlobalID = strawberry.field(description="A user whom one may know of.")


@strawberry.input(description="A request for friendship.")
class FriendRequestInput:
    """Names a request."""

    request_id: relay.GlobalID = strawberry.field(description="The request.")


@strawberry.input(description="A friend to part from.")
class RemoveFriendInput:
    """Names a friend."""

    user_id: relay.GlobalID = strawberry.field(description="The friend.")


@strawberry.type
class FriendsMutation:
    """Mutations of friendships."""

    @mutation(
        gate=SignedIn,
        description="Ask a user to be friends; who has asked before is answered yes instead.",
    )
    def request_friendship(self, info: Info, input: RequestFriendshipInput) -> FriendRequest:
        """Ask for a friendship."""
        viewer = info.context.viewer
        user_id = key(input.user_id, of=models.User)
        return friendships.request_friendship(
            sender=viewer.user, receiver=access.befriendable(viewer, user_id)
        )

    @mutation(gate=SignedIn, description="Become friends with who asked.")
    def accept_friendship(self, info: Info, input: FriendRequestInput) -> FriendRequest:
        """Accept a request."""
        request = access.FRIEND_REQUESTS.permit(
            info.context.viewer,
            "acceptFriendship",
            key(input.request_id, of=models.FriendRequest),
        )
        return friendships.accept_friendship(request=request)

    @mutation(gate=SignedIn, description="Turn a request down, or take one's own back.")
    def decline_friendship(self, info: Info, input: FriendRequestInput) -> FriendRequest:
        """Decline a request."""
        request = access.FRIEND_REQUESTS.permit(
            info.context.viewer,
            "declineFriendship",
            key(input.request_id, of=models.FriendRequest),
        )
        return friendships.decline_friendship(request=request)

    @mutation(gate=SignedIn, description="Be friends no more.")
    def remove_friend(self, info: Info, input: RemoveFriendInput) -> Done:
        """End a friendship."""
        friendships.remove_friend(
            user=info.context.viewer.user, friend_id=key(input.user_id, of=models.User)
        )
        return Done()
