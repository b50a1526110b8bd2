"""Mutations of what people tell of themselves, and have with one another."""

from apps.accounts.models import Device, FriendRequest, User, UserVerification
from apps.organizations.models import Membership
from kernel import clock
from tests.architecture.isolation.actors import ADMIN, MEMBER, SIGNED_IN
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.accounts import ClientFactory
from tests.factories.organizations import MembershipFactory


@valid("updateProfile", open_to={"preferredLanguageId": SIGNED_IN})
def _update_profile(side: Side) -> Input:
    return {"bio": "I fix taps.", "preferredLanguageId": gid(side.first("catalog.Language"))}


@valid("uploadPhoto")
def _upload_photo(side: Side) -> Input:
    return {"photo": File()}


@valid("removePhoto")
def _remove_photo(side: Side) -> Input:
    return {}


@valid("deleteAccount")
def _delete_account(side: Side) -> Input:
    # Nobody may leave members behind without an owner.
    inside = Membership.objects.filter(organization=side.me.organization)
    inside.exclude(user=side.me.user).update(is_deleted=True)
    return {}


@valid("registerDevice")
def _register_device(side: Side) -> Input:
    return {"token": "a-phone", "platform": "ANDROID"}


@valid("unregisterDevice")
def _unregister_device(side: Side) -> Input:
    device = Device.objects.create(
        user=side.me.user,
        token=f"old phone of {side.me.name}",
        platform="IOS",
        last_seen_at=clock.now(),
    )
    return {"id": gid(device)}


@valid(
    "requestFriendship",
    open_to={"userId": frozenset({MEMBER})},
    tells=frozenset({"accounts.User.name"}),
)
def _request_friendship(side: Side) -> Input:
    colleague = MembershipFactory(organization=side.me.organization, user=_somebody())
    return {"userId": gid(colleague.user)}


@valid("acceptFriendship")
@valid("declineFriendship")
def _answer_friendship(side: Side) -> Input:
    request = FriendRequest.objects.create(sender=_somebody(), receiver=side.me.user)
    return {"requestId": gid(request)}


@valid("removeFriend")
def _remove_friend(side: Side) -> Input:
    friend = _somebody()
    side.me.user.friends.add(friend)
    return {"userId": gid(friend)}


@valid("blockUser", by=ADMIN)
def _block_user(side: Side) -> Input:
    return {"userId": gid(_somebody()), "reason": "Spam."}


@valid("unblockUser", by=ADMIN)
def _unblock_user(side: Side) -> Input:
    somebody = _somebody()
    User.objects.filter(pk=somebody.pk).update(blocked=True)
    return {"userId": gid(somebody)}


@valid("submitVerification")
def _submit_verification(side: Side) -> Input:
    return {"verificationType": "QUALIFICATION", "files": [File()]}


@valid("reviewVerification", by=ADMIN)
def _review_verification(side: Side) -> Input:
    claim = UserVerification.objects.create(
        user_profile=side.me.client.user_profile, verification_type="QUALIFICATION"
    )
    return {"id": gid(claim), "approved": True}


def _somebody() -> User:
    client = ClientFactory()
    found: User = client.user_profile.user
    return found
