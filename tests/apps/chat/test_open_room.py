"""Which rooms there may be, and who opens them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.chat import access, errors
from apps.chat.events import ParticipantAdded, RoomOpened
from apps.chat.models import ChatParticipant, ChatRoom
from apps.chat.services.rooms import leave_room, open_room
from apps.orders.models import Bid
from kernel.errors import NotFound
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.orders import BidFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


def _viewer(user: User, **details: Any) -> Viewer:
    return Viewer(user=user, **details)


def _roles(room: ChatRoom) -> dict[Any, str]:
    return dict(room.participations.values_list("user", "role"))


def _befriend(one: User, *others: User) -> None:
    one.friends.add(*others)


def test_an_orders_client_opens_a_room_with_a_bidder_and_both_are_in_it(cast: Cast):
    bid = cast.ada_bid()
    opening = access.order_room(_viewer(cast.ben), bid.order_id, provider_id=cast.ada_business.pk)

    with announced() as heard:
        room = open_room(opening=opening, by=cast.ben)

    room.refresh_from_db()
    assert (room.chat_type, room.order, room.created_by) == ("ORDER", bid.order, cast.ben)
    assert _roles(room) == {cast.ben.pk: "MEMBER", cast.ada.pk: "MEMBER"}
    (opened,) = heard
    assert isinstance(opened, RoomOpened)
    assert (opened.room_id, opened.opened_by_id) == (room.pk, cast.ben.pk)
    assert set(opened.topics()) == {
        f"chat:{room.pk}",
        f"user-chats:{cast.ben.pk}",
        f"user-chats:{cast.ada.pk}",
    }


def test_a_bidder_opens_the_same_room_and_it_is_opened_once(cast: Cast):
    order_id = cast.ada_bid().order_id
    by_client = access.order_room(_viewer(cast.ben), order_id, user_id=cast.ada.pk)
    room = open_room(opening=by_client, by=cast.ben)

    with announced() as heard:
        again = open_room(opening=access.order_room(_viewer(cast.ada), order_id), by=cast.ada)

    assert again == room
    assert heard == []
    assert room.participations.count() == 2


def test_each_bidder_has_a_room_of_their_own(cast: Cast):
    bid = cast.ada_bid()
    other = BidFactory(order=bid.order)

    rooms = [
        open_room(
            opening=access.order_room(_viewer(cast.ben), bid.order_id, provider_id=provider.pk),
            by=cast.ben,
        )
        for provider in (bid.provider, other.provider)
    ]

    assert rooms[0] != rooms[1]
    assert cast.ada.pk not in _roles(rooms[1])


def test_the_client_need_not_name_who_carries_the_order_out(cast: Cast):
    order = cast.ada_work(assigned=True)

    opening = access.order_room(_viewer(cast.ben), order.pk)

    assert {*opening.roles} == {cast.ben.pk, cast.ada.pk}


def test_before_anybody_does_the_client_has_to_name_one(cast: Cast):
    with pytest.raises(errors.ProviderRequired):
        access.order_room(_viewer(cast.ben), cast.ada_bid().order_id)


@pytest.mark.parametrize("status", [Bid.Status.WITHDRAWN, Bid.Status.REJECTED])
def test_whose_bid_is_gone_is_talked_with_no_longer(cast: Cast, status: Bid.Status):
    bid = cast.ada_bid(status=status)

    with pytest.raises(NotFound):
        access.order_room(_viewer(cast.ben), bid.order_id, provider_id=bid.provider_id)
    with pytest.raises(NotFound):
        access.order_room(_viewer(cast.ada), bid.order_id)


@pytest.mark.parametrize("who", ["cleo", "dora"])
def test_no_stranger_opens_an_orders_room_though_they_see_the_order(cast: Cast, who: str):
    bid = cast.ada_bid()

    with pytest.raises(NotFound):
        access.order_room(_viewer(getattr(cast, who)), bid.order_id)
    with pytest.raises(NotFound):
        access.order_room(_viewer(getattr(cast, who)), bid.order_id, provider_id=bid.provider_id)


def test_a_provider_whose_account_is_shut_is_not_talked_with(cast: Cast):
    bid = cast.ada_bid()
    User.objects.filter(pk=cast.ada.pk).update(blocked=True)

    with pytest.raises(NotFound):
        access.order_room(_viewer(cast.ben), bid.order_id, provider_id=bid.provider_id)


def test_no_room_is_opened_for_an_order_that_was_deleted_meanwhile(cast: Cast):
    order = cast.ada_work(confirmed=True)
    opening = access.order_room(_viewer(cast.ben), order.pk)
    order.soft_delete()

    with pytest.raises(NotFound):
        open_room(opening=opening, by=cast.ben)

    assert not ChatRoom.objects.exists()


def test_a_leads_client_and_the_provider_who_paid_for_it_share_a_room(cast: Cast):
    assignment = LeadAssignmentFactory(lead__client=cast.ben, provider=cast.ada_business)

    rooms = [
        open_room(opening=access.lead_room(_viewer(user), assignment.pk), by=user)
        for user in (cast.ada, cast.ben)
    ]

    assert rooms[0] == rooms[1]
    assert (rooms[0].chat_type, rooms[0].lead_assignment) == ("LEAD", assignment)
    assert {*_roles(rooms[0])} == {cast.ben.pk, cast.ada.pk}


def test_a_lead_that_was_given_back_has_no_room(cast: Cast):
    refunded = LeadAssignmentFactory(
        lead__client=cast.ben, provider=cast.ada_business, refunded=True
    )

    for user in (cast.ada, cast.ben):
        with pytest.raises(NotFound):
            access.lead_room(_viewer(user), refunded.pk)


@pytest.mark.parametrize("who", ["cleo", "dora"])
def test_no_stranger_opens_a_leads_room(cast: Cast, who: str):
    assignment = LeadAssignmentFactory(lead__client=cast.ben, provider=cast.ada_business)

    with pytest.raises(NotFound):
        access.lead_room(_viewer(getattr(cast, who)), assignment.pk)


def test_friends_have_one_room_whoever_opens_it(cast: Cast):
    _befriend(cast.ada, cast.ben)

    by_ada = open_room(opening=access.direct_room(_viewer(cast.ada), cast.ben.pk), by=cast.ada)
    by_ben = open_room(opening=access.direct_room(_viewer(cast.ben), cast.ada.pk), by=cast.ben)

    assert by_ada == by_ben
    assert by_ada.chat_type == "DIRECT"
    assert {*_roles(by_ada)} == {cast.ben.pk, cast.ada.pk}


def test_members_of_the_active_organization_may_be_written_to_and_those_of_others_not(
    cast: Cast,
):
    place = MembershipFactory(user=cast.ada).organization
    colleague = MembershipFactory(organization=place).user
    suspended = MembershipFactory(organization=place, suspended=True).user
    viewer = _viewer(cast.ada, organization_id=place.pk)

    opening = access.direct_room(viewer, colleague.pk)

    assert {*opening.roles} == {cast.ada.pk, colleague.pk}
    for stranger in (suspended, cast.cleo):
        with pytest.raises(NotFound):
            access.direct_room(viewer, stranger.pk)
    with pytest.raises(NotFound):
        access.direct_room(_viewer(cast.ada), colleague.pk)


def test_nobody_writes_to_themselves(cast: Cast):
    with pytest.raises(errors.OwnRoom):
        access.direct_room(_viewer(cast.ben), cast.ben.pk)


@pytest.mark.parametrize("shut", [{"blocked": True}, {"is_deleted": True}])
def test_a_friend_whose_account_is_shut_is_not_written_to(cast: Cast, shut: dict[str, bool]):
    _befriend(cast.ben, cast.ada)
    User.objects.filter(pk=cast.ada.pk).update(**shut)

    with pytest.raises(NotFound):
        access.direct_room(_viewer(cast.ben), cast.ada.pk)


def test_who_left_a_room_is_back_once_it_is_opened_again(cast: Cast):
    _befriend(cast.ben, cast.ada)
    opening = access.direct_room(_viewer(cast.ben), cast.ada.pk)
    room = open_room(opening=opening, by=cast.ben)
    leave_room(participant=room.participations.get(user=cast.ben))

    with announced() as heard:
        open_room(opening=opening, by=cast.ben)

    assert heard == [ParticipantAdded(room_id=room.pk, user_id=cast.ben.pk)]
    assert room.participations.filter(left_at=None).count() == 2


def test_everybody_has_one_room_with_the_platform(cast: Cast):
    rooms = {
        open_room(opening=access.support_room(_viewer(user)), by=user)
        for user in (cast.ben, cast.ben, cast.cleo)
    }

    assert sorted(room.chat_type for room in rooms) == ["SUPPORT", "SUPPORT"]
    assert ChatParticipant.objects.filter(user=cast.ben).get().role == "MEMBER"


def test_staff_join_a_request_for_help_to_answer_it(cast: Cast):
    asked = open_room(opening=access.support_room(_viewer(cast.ben)), by=cast.ben)

    with announced() as heard:
        room = open_room(opening=access.support_room(_viewer(cast.dora), cast.ben.pk), by=cast.dora)

    assert room == asked
    assert _roles(room) == {cast.ben.pk: "MEMBER", cast.dora.pk: "AGENT"}
    assert heard == [ParticipantAdded(room_id=room.pk, user_id=cast.dora.pk)]


@pytest.mark.parametrize("who", ["cleo", "eve"])
def test_who_may_not_answer_requests_opens_none_for_others(cast: Cast, who: str):
    with pytest.raises(NotFound):
        access.support_room(_viewer(getattr(cast, who)), cast.ben.pk)


def test_who_opens_a_group_owns_it(cast: Cast):
    _befriend(cast.ben, cast.ada, cast.cleo)
    opening = access.group_room(
        _viewer(cast.ben), [cast.ada.pk, cast.cleo.pk, cast.ben.pk], title=" The roof "
    )

    room = open_room(opening=opening, by=cast.ben)
    other = open_room(opening=opening, by=cast.ben)

    assert (room.chat_type, room.title, room.identity) == ("GROUP", "The roof", None)
    assert _roles(room) == {
        cast.ben.pk: "OWNER",
        cast.ada.pk: "MEMBER",
        cast.cleo.pk: "MEMBER",
    }
    assert other != room


def test_a_group_with_somebody_whom_one_may_not_write_to_is_not_opened(cast: Cast):
    _befriend(cast.ben, cast.ada)

    with pytest.raises(NotFound):
        access.group_room(_viewer(cast.ben), [cast.ada.pk, cast.cleo.pk], title="The roof")


def test_a_group_has_a_name_and_somebody_else_in_it(cast: Cast):
    with pytest.raises(errors.NobodyNamed):
        access.group_room(_viewer(cast.ben), [cast.ben.pk], title="The roof")
    with pytest.raises(errors.TitleRequired):
        access.group_room(_viewer(cast.ben), [cast.ada.pk], title=" ")


def test_a_name_that_is_too_long_is_refused(cast: Cast):
    _befriend(cast.ben, cast.ada)
    opening = access.group_room(_viewer(cast.ben), [cast.ada.pk], title="x" * 121)

    with pytest.raises(ValidationError):
        open_room(opening=opening, by=cast.ben)

    assert not ChatRoom.objects.exists()


def test_a_group_has_as_many_members_as_the_setting_says(cast: Cast, settings: Any):
    settings.CHAT_GROUP_SIZE = 3
    friends = [UserFactory() for _ in range(3)]
    _befriend(cast.ben, *friends)
    keys = [friend.pk for friend in friends]

    largest = access.group_room(_viewer(cast.ben), keys[:2], title="The roof")

    assert len(largest.roles) == 3
    with pytest.raises(errors.GroupTooLarge):
        access.group_room(_viewer(cast.ben), keys, title="The roof")
