"""Opening rooms: which, by whom, and the one of its kind that there is."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.accounts.models import User
from apps.chat.events import ParticipantAdded, RoomOpened
from apps.chat.models import ChatParticipant, ChatRoom
from tests.factories.cast import Cast
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.orders import BidFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = """... on ChatRoom { id chatType title order { id } createdBy { firstName }
  me { role } participants { edges { node { role user { firstName } } } } }"""


def _open(graphql: GraphQL, kind: str, *, by: User | None, **given: Any) -> Answer:
    return graphql.mutate("openChatRoom", {"chatType": kind} | given, SELECT, by=by)


def _people(answer: Answer) -> dict[str, str]:
    """Who takes part in the room that was opened, and as what."""
    edges = answer.data["openChatRoom"]["participants"]["edges"]
    return {edge["node"]["user"]["firstName"]: edge["node"]["role"] for edge in edges}


def _befriend(*users: User) -> None:
    users[0].friends.add(*users[1:])


def test_a_client_talks_with_a_bidder(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    about = {"orderId": gid(bid.order), "providerId": gid(bid.provider)}

    with announced() as heard:
        answer = _open(graphql, "ORDER", by=cast.ben, **about)

    room, opened = ChatRoom.objects.get(), answer.data["openChatRoom"]
    assert (opened["id"], opened["chatType"]) == (gid(room), "ORDER")
    assert (opened["order"], opened["createdBy"]) == ({"id": gid(bid.order)}, {"firstName": "Ben"})
    assert _people(answer) == {"Ada": "MEMBER", "Ben": "MEMBER"}
    (fact,) = heard
    assert isinstance(fact, RoomOpened)
    assert (fact.room_id, fact.opened_by_id) == (room.pk, cast.ben.pk)
    assert set(fact.user_ids) == {str(cast.ada.pk), str(cast.ben.pk)}


def test_a_client_names_the_bidders_user_as_well(graphql: GraphQL, cast: Cast):
    bid, _noise = cast.ada_bid(), cast.cleo
    BidFactory(order=bid.order)

    answer = _open(graphql, "ORDER", by=cast.ben, orderId=gid(bid.order), userId=gid(cast.ada))

    assert set(_people(answer)) == {"Ada", "Ben"}


def test_a_bidder_talks_with_the_client_in_the_same_room(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    about = {"orderId": gid(bid.order)}

    first = _open(graphql, "ORDER", by=cast.ada, **about)
    second = _open(graphql, "ORDER", by=cast.ben, **about, providerId=gid(bid.provider))

    assert first.data["openChatRoom"]["id"] == second.data["openChatRoom"]["id"]
    assert ChatRoom.objects.count() == 1


def test_without_a_name_the_client_talks_with_who_carries_it_out(graphql: GraphQL, cast: Cast):
    order = cast.ada_work()

    answer = _open(graphql, "ORDER", by=cast.ben, orderId=gid(order))

    assert set(_people(answer)) == {"Ada", "Ben"}


def test_a_lead_has_a_room_for_its_client_and_a_provider_who_paid(graphql: GraphQL, cast: Cast):
    lead = LeadAssignmentFactory(lead__client=cast.ben, provider=cast.ada_business)

    first = _open(graphql, "LEAD", by=cast.ada, leadAssignmentId=gid(lead))
    second = _open(graphql, "LEAD", by=cast.ben, leadAssignmentId=gid(lead))

    assert first.data["openChatRoom"]["id"] == second.data["openChatRoom"]["id"]
    assert _people(second) == {"Ada": "MEMBER", "Ben": "MEMBER"}


def test_friends_talk_directly(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben)

    first = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.ben))
    second = _open(graphql, "DIRECT", by=cast.ben, userId=gid(cast.ada))

    assert first.data["openChatRoom"]["id"] == second.data["openChatRoom"]["id"]
    assert _people(first) == {"Ada": "MEMBER", "Ben": "MEMBER"}


def test_colleagues_talk_directly(graphql: GraphQL, cast: Cast):
    organization = MembershipFactory(user=cast.ada).organization
    MembershipFactory(user=cast.ben, organization=organization)

    answer = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.ben))

    assert set(_people(answer)) == {"Ada", "Ben"}


def test_who_left_a_direct_room_is_back_once_it_is_opened_again(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben)
    room = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.ben)).data["openChatRoom"]
    graphql.mutate("leaveChatRoom", {"roomId": room["id"]}, by=cast.ada)

    with announced() as heard:
        again = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.ben))

    assert again.data["openChatRoom"]["id"] == room["id"]
    assert heard == [ParticipantAdded(room_id=ChatRoom.objects.get().pk, user_id=cast.ada.pk)]


def test_everybody_has_one_room_for_help(graphql: GraphQL, cast: Cast):
    first, second = (_open(graphql, "SUPPORT", by=cast.ben) for _ in range(2))

    assert first.data["openChatRoom"]["id"] == second.data["openChatRoom"]["id"]
    assert _people(first) == {"Ben": "MEMBER"}


def test_staff_open_the_room_for_help_of_a_user(graphql: GraphQL, cast: Cast):
    answer = _open(graphql, "SUPPORT", by=cast.dora, userId=gid(cast.ben))

    assert _people(answer) == {"Ben": "MEMBER", "Dora": "AGENT"}


def test_who_opens_a_group_owns_it(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben, cast.cleo)
    given = {"userIds": [gid(cast.ben), gid(cast.cleo)], "title": " Roof crew "}

    first, second = (_open(graphql, "GROUP", by=cast.ada, **given) for _ in range(2))

    assert first.data["openChatRoom"]["title"] == "Roof crew"
    assert _people(first) == {"Ada": "OWNER", "Ben": "MEMBER", "Cleo": "MEMBER"}
    assert first.data["openChatRoom"]["id"] != second.data["openChatRoom"]["id"]


def test_a_repeat_under_the_same_key_answers_the_same_group(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben)
    given = {"userIds": [gid(cast.ben)], "title": "Roof crew", "idempotencyKey": "crew"}

    first, again = (_open(graphql, "GROUP", by=cast.ada, **given) for _ in range(2))

    assert first.data == again.data
    assert ChatRoom.objects.count() == 1


@pytest.mark.parametrize("who", ["cleo", "dora"])
def test_strangers_do_not_talk_about_an_order_or_a_lead(graphql: GraphQL, cast: Cast, who: str):
    order, by = cast.ada_work(), getattr(cast, who)
    lead = LeadAssignmentFactory(lead__client=cast.ben, provider=cast.ada_business)

    with nothing_changes():
        about_order = _open(graphql, "ORDER", by=by, orderId=gid(order))
        about_lead = _open(graphql, "LEAD", by=by, leadAssignmentId=gid(lead))

    assert about_order.code == about_lead.code == "not_found"


@pytest.mark.parametrize("status", ["WITHDRAWN", "REJECTED"])
def test_who_no_longer_bids_does_not_talk_about_it(graphql: GraphQL, cast: Cast, status: str):
    bid = cast.ada_bid(status=status)
    about = {"orderId": gid(bid.order)}

    with nothing_changes():
        bidder = _open(graphql, "ORDER", by=cast.ada, **about)
        client = _open(graphql, "ORDER", by=cast.ben, **about, providerId=gid(bid.provider))

    assert bidder.code == client.code == "not_found"


def test_a_lead_that_was_given_back_is_not_talked_about(graphql: GraphQL, cast: Cast):
    lead = LeadAssignmentFactory(refunded=True, lead__client=cast.ben, provider=cast.ada_business)

    with nothing_changes():
        answer = _open(graphql, "LEAD", by=cast.ada, leadAssignmentId=gid(lead))

    assert answer.code == "not_found"


def test_only_those_one_knows_are_written_to(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben)
    both = [gid(cast.ben), gid(cast.cleo)]

    with nothing_changes():
        direct = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.cleo))
        group = _open(graphql, "GROUP", by=cast.ada, userIds=both, title="Crew")
        missing = _open(graphql, "DIRECT", by=cast.ada, userId=to_base64("User", uuid4()))

    assert direct.code == group.code == missing.code == "not_found"


def test_a_friend_whose_account_is_shut_is_not_written_to(graphql: GraphQL, cast: Cast):
    _befriend(cast.ada, cast.ben)
    User.objects.filter(pk=cast.ben.pk).update(blocked=True)

    with nothing_changes():
        answer = _open(graphql, "DIRECT", by=cast.ada, userId=gid(cast.ben))

    assert answer.code == "not_found"


@pytest.mark.parametrize("who", ["cleo", "eve"])
def test_only_staff_who_help_open_the_room_of_another(graphql: GraphQL, cast: Cast, who: str):
    by, _ = getattr(cast, who), cast.ben

    with nothing_changes():
        answer = _open(graphql, "SUPPORT", by=by, userId=gid(cast.ben))

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("kind", "named", "code"),
    [
        ("ORDER", (), "subject_required"),
        ("LEAD", (), "subject_required"),
        ("DIRECT", (), "subject_required"),
        ("GROUP", ("title",), "nobody_named"),
        ("GROUP", ("userIds",), "title_required"),
        ("DIRECT", ("userId", "orderId"), "subject_mismatch"),
        ("DIRECT", ("userId", "title"), "subject_mismatch"),
        ("SUPPORT", ("orderId",), "subject_mismatch"),
        ("LEAD", ("leadAssignmentId", "userId"), "subject_mismatch"),
        ("ORDER", ("orderId", "userIds"), "subject_mismatch"),
        ("ORDER", ("orderId",), "provider_required"),
    ],
)
def test_each_kind_asks_for_what_belongs_to_it(
    graphql: GraphQL, cast: Cast, kind: str, named: tuple[str, ...], code: str
):
    _befriend(cast.ben, cast.ada)
    known = {
        "orderId": gid(cast.ada_bid().order),
        "leadAssignmentId": to_base64("LeadAssignment", uuid4()),
        "userId": gid(cast.ada),
        "userIds": [gid(cast.ada)],
        "title": "Crew",
    }

    with nothing_changes():
        answer = _open(graphql, kind, by=cast.ben, **{name: known[name] for name in named})

    assert answer.code == code


def test_nobody_talks_with_themselves(graphql: GraphQL, cast: Cast):
    me = gid(cast.ben)

    with nothing_changes():
        direct = _open(graphql, "DIRECT", by=cast.ben, userId=me)
        group = _open(graphql, "GROUP", by=cast.ben, userIds=[me], title="Me")

    assert (direct.code, group.code) == ("own_room", "nobody_named")


def test_a_group_has_a_size(graphql: GraphQL, cast: Cast, settings: Any):
    settings.CHAT_GROUP_SIZE = 2
    _befriend(cast.ada, cast.ben, cast.cleo)

    full = _open(graphql, "GROUP", by=cast.ada, userIds=[gid(cast.ben)], title="Two")
    with nothing_changes():
        both = [gid(cast.ben), gid(cast.cleo)]
        larger = _open(graphql, "GROUP", by=cast.ada, userIds=both, title="Three")

    assert len(_people(full)) == 2
    assert (larger.code, larger.refusal["field"]) == ("group_too_large", "userIds")


@pytest.mark.parametrize(
    ("given", "code"),
    [({"title": "x" * 121}, "max_length"), ({"title": "   "}, "title_required")],
    ids=["long", "blank"],
)
def test_a_bad_title_is_refused(graphql: GraphQL, cast: Cast, given: Any, code: str):
    _befriend(cast.ada, cast.ben)

    with nothing_changes():
        answer = _open(graphql, "GROUP", by=cast.ada, userIds=[gid(cast.ben)], **given)

    assert (answer.code, answer.refusal["field"]) == (code, "title")


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    client = gid(cast.ben_client)

    with nothing_changes():
        answer = _open(graphql, "DIRECT", by=cast.ben, userId=client)

    assert answer.code == "invalid_id"


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    with nothing_changes():
        answer = _open(graphql, "SUPPORT", by=None)

    assert answer.code == "not_signed_in"


def test_a_room_that_was_deleted_is_not_opened_again(graphql: GraphQL, cast: Cast):
    before = _open(graphql, "SUPPORT", by=cast.ben).data["openChatRoom"]["id"]
    ChatRoom.objects.get().soft_delete()

    after = _open(graphql, "SUPPORT", by=cast.ben).data["openChatRoom"]["id"]

    assert after == gid(ChatRoom.objects.get())
    assert after != before


@pytest.mark.django_db(transaction=True)
def test_both_who_open_it_at_once_get_the_same_room(cast: Cast):
    _befriend(cast.ada, cast.ben)
    pairs = [(cast.ada, cast.ben), (cast.ben, cast.ada)] * 4
    calls = [partial(_open, GraphQL(), "DIRECT", by=by, userId=gid(to)) for by, to in pairs]

    answers = race(*calls)

    ids = {answer.data["openChatRoom"]["id"] for answer in answers}
    assert ids == {gid(ChatRoom.objects.get())}
    assert ChatParticipant.objects.count() == 2
