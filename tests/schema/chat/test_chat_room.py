"""Reading one room: its title, who is there, one's own part in it, its newest message."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from strawberry.relay import to_base64

from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from apps.core.services.cleanup import purge_deleted
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory, ParticipantFactory
from tests.support.graphql import GraphQL, gid

SEE = "query($id: ID!) { chatRoom(id: $id) { id title chatType isActive lastNumber } }"
NODE = "query($id: ID!) { node(id: $id) { ... on ChatRoom { title } } }"
ME = """query($id: ID!) { chatRoom(id: $id) { me {
  role unreadCount readNumber notificationsEnabled muteUntil blockedAt user { id } } } }"""
PEOPLE = """query($id: ID!, $filter: ChatParticipantFilter) { chatRoom(id: $id) {
  participants(filter: $filter, order: [{joinedAt: ASC}]) { totalCount edges { node {
    role isOnline readNumber deliveredNumber user { firstName }
    unreadCount notificationsEnabled muteUntil blockedAt } } } } }"""
LAST = """query($id: ID!) { chatRoom(id: $id) { lastMessageAt lastMessage {
  number content isDeleted sender { firstName } } } }"""
OF_MESSAGE = """query($id: ID!) { node(id: $id) { ... on ChatNotification {
  message { content } room { title lastMessage { content } me { role }
    participants { totalCount } messages { totalCount } } } } }"""


@pytest.mark.parametrize("who", ["ada", "ben", "dora"])
def test_who_takes_part_sees_it_and_so_do_staff(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str
):
    MessageFactory(room=group)

    seen = graphql(SEE, {"id": gid(group)}, by=getattr(cast, who)).data["chatRoom"]

    told = {"title": "Roof crew", "chatType": "GROUP", "isActive": True, "lastNumber": 1}
    assert seen == {"id": gid(group)} | told


@pytest.mark.parametrize("document", [SEE, NODE])
def test_a_strangers_room_a_left_one_a_deleted_one_and_a_missing_one_look_alike(
    graphql: GraphQL, cast: Cast, room: ChatRoom, document: str
):
    gone = ChatRoomFactory(between=[cast.cleo])
    gone.soft_delete()
    left = ChatRoomFactory(between=[cast.ben])
    ParticipantFactory(room=left, user=cast.cleo, left_at=clock.now())

    ids = gid(room), gid(left), gid(gone), to_base64("ChatRoom", uuid4())
    answers = [graphql(document, {"id": id}, by=cast.cleo) for id in ids]

    assert answers[0].code == "not_found"
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("who", "code"), [("nobody", "not_signed_in"), ("eve", "not_found"), ("cleo", "not_found")]
)
def test_others_do_not_see_it(graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str):
    assert graphql(SEE, {"id": gid(room)}, by=getattr(cast, who)).code == code


@pytest.mark.parametrize("rubbish", [to_base64("Order", UUID(int=7)), to_base64("ChatRoom", "7")])
def test_an_id_of_another_type_or_of_nothing_is_refused(graphql: GraphQL, cast: Cast, rubbish: str):
    assert graphql(SEE, {"id": rubbish}, by=cast.ben).code == "invalid_id"


def test_me_is_ones_own_part(graphql: GraphQL, cast: Cast, group: ChatRoom):
    until = clock.now() + timedelta(hours=1)
    ChatParticipant.objects.filter(room=group, user=cast.ben).update(mute_until=until)
    MessageFactory(room=group, sender=cast.ben)
    MessageFactory(room=group, sender=cast.ada)

    seen = graphql(ME, {"id": gid(group)}, by=cast.ben).data["chatRoom"]["me"]

    assert seen == {
        "role": "MEMBER",
        "unreadCount": 1,
        "readNumber": 1,
        "notificationsEnabled": True,
        "muteUntil": until.isoformat(timespec="microseconds"),
        "blockedAt": None,
        "user": {"id": gid(cast.ben)},
    }


def test_staff_who_take_no_part_have_none(graphql: GraphQL, cast: Cast, group: ChatRoom):
    assert graphql(ME, {"id": gid(group)}, by=cast.dora).data["chatRoom"] == {"me": None}


def test_of_the_others_one_reads_how_far_they_are_and_nothing_that_is_theirs(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    ChatParticipant.objects.filter(room=group).update(blocked_at=clock.now())
    ParticipantFactory(room=group, user=cast.cleo, left_at=clock.now())
    MessageFactory(room=group, sender=cast.ada)

    seen = graphql(PEOPLE, {"id": gid(group)}, by=cast.ben).data["chatRoom"]["participants"]

    ada, ben = (edge["node"] for edge in seen["edges"])
    assert seen["totalCount"] == 2
    shown = {"role": "OWNER", "isOnline": False, "readNumber": 1, "deliveredNumber": 1}
    hidden = ("unreadCount", "notificationsEnabled", "muteUntil", "blockedAt")
    assert ada == shown | {"user": {"firstName": "Ada"}} | dict.fromkeys(hidden)
    assert (ben["unreadCount"], ben["notificationsEnabled"]) == (1, True)
    assert ben["blockedAt"] is not None


def test_staff_do_not_read_what_is_the_participants_own(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    seen = graphql(PEOPLE, {"id": gid(group)}, by=cast.dora).data["chatRoom"]["participants"]

    assert [edge["node"]["unreadCount"] for edge in seen["edges"]] == [None, None]


def test_who_had_it_open_a_moment_ago_is_online(graphql: GraphQL, cast: Cast, group: ChatRoom):
    now = clock.now()
    for user, ago in ((cast.ada, 30), (cast.ben, 90)):
        seen = now - timedelta(seconds=ago)
        ChatParticipant.objects.filter(room=group, user=user).update(last_seen=seen)

    found = graphql(PEOPLE, {"id": gid(group)}, by=cast.ben).data["chatRoom"]["participants"]

    assert [edge["node"]["isOnline"] for edge in found["edges"]] == [True, False]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"role": "OWNER"}, ["Ada"]),
        ({"readNumber": {"gte": 1}}, ["Ada"]),
        ({"readNumber": {"lt": 1}}, ["Ben"]),
        ({"deliveredNumber": {"gte": 1}}, ["Ada"]),
    ],
)
def test_participants_are_filtered_also_by_what_they_have_read(
    graphql: GraphQL, cast: Cast, group: ChatRoom, wanted: object, names: list[str]
):
    MessageFactory(room=group, sender=cast.ada)

    answer = graphql(PEOPLE, {"id": gid(group), "filter": wanted}, by=cast.ben)

    found = answer.data["chatRoom"]["participants"]["edges"]
    assert [edge["node"]["user"]["firstName"] for edge in found] == names


def test_the_newest_message_is_its_last(graphql: GraphQL, cast: Cast, group: ChatRoom):
    MessageFactory(room=group, sender=cast.ada, content="One")
    two = MessageFactory(room=group, sender=cast.ben, content="Two")
    MessageFactory(room=ChatRoomFactory(between=[cast.ben]), content="noise")

    seen = graphql(LAST, {"id": gid(group)}, by=cast.ben).data["chatRoom"]
    two.soft_delete()
    after = graphql(LAST, {"id": gid(group)}, by=cast.ben).data["chatRoom"]

    said = {"number": 2, "content": "Two", "isDeleted": False, "sender": {"firstName": "Ben"}}
    assert seen["lastMessage"] == said
    assert after["lastMessage"] == said | {"content": "", "isDeleted": True}


def test_where_retention_took_the_newest_message_the_one_before_it_is_its_last(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    kept, *gone = [MessageFactory(room=group, sender=cast.ada) for _ in range(3)]
    noise = MessageFactory(sender=cast.ada)
    long_ago = clock.now() - timedelta(days=91)
    keys = [message.pk for message in (*gone, noise)]
    ChatMessage.objects.filter(pk__in=keys).update(is_deleted=True, deleted_at=long_ago)

    assert purge_deleted(model=ChatMessage) == 3
    seen = graphql(LAST, {"id": gid(group)}, by=cast.ben).data["chatRoom"]

    assert seen["lastMessage"]["number"] == kept.number == 1


def test_before_the_first_message_there_is_no_last(graphql: GraphQL, cast: Cast, group: ChatRoom):
    seen = graphql(LAST, {"id": gid(group)}, by=cast.ben).data["chatRoom"]

    assert seen == {"lastMessageAt": None, "lastMessage": None}


def test_who_was_taken_out_reads_no_more_of_it_by_what_is_still_theirs(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    message = MessageFactory(room=group, sender=cast.ada)
    told = cast.ben.chat_notifications.create(room=group, message=message)
    before = graphql(OF_MESSAGE, {"id": gid(told)}, by=cast.ben).data["node"]
    ChatParticipant.objects.filter(room=group, user=cast.ben).update(left_at=clock.now())

    after = graphql(OF_MESSAGE, {"id": gid(told)}, by=cast.ben)

    assert before["message"] == {"content": message.content}
    assert after.code == "not_found"
