"""Listing rooms: one's own, those with news first; all of them for staff."""

from datetime import timedelta
from typing import Any

import pytest

from apps.chat.models import ChatParticipant, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: ChatRoomFilter, $order: [ChatRoomOrder!]! = [], $search: String,
  $first: Int, $after: String) {
  chatRooms(filter: $filter, order: $order, search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id title } } } }"""


def _titles(answer: Any) -> list[str]:
    return [edge["node"]["title"] for edge in answer.data["chatRooms"]["edges"]]


def _room(cast: Cast, title: str, **traits: Any) -> ChatRoom:
    """A room of Ben's and Ada's."""
    traits = {"between": [cast.ben, cast.ada]} | traits
    found: ChatRoom = ChatRoomFactory(title=title, **traits)
    return found


def _part(room: ChatRoom, cast: Cast, **changes: Any) -> None:
    """Change Ben's part in a room."""
    ChatParticipant.objects.filter(room=room, user=cast.ben).update(**changes)


def test_one_sees_the_rooms_that_one_takes_part_in_now(graphql: GraphQL, cast: Cast):
    _room(cast, "mine")
    _part(_room(cast, "left"), cast, left_at=clock.now())
    _room(cast, "gone").soft_delete()
    _room(cast, "noise", between=[cast.ada, cast.cleo])

    answer = graphql(LIST, by=cast.ben)

    assert _titles(answer) == ["mine"]
    assert answer.data["chatRooms"]["totalCount"] == 1


def test_those_with_news_come_first_and_silent_ones_last(graphql: GraphQL, cast: Cast):
    silent, early, late = (_room(cast, title) for title in ("silent", "early", "late"))
    MessageFactory(room=late)
    MessageFactory(room=early)
    MessageFactory(room=late)
    assert silent.last_message_at is None

    assert _titles(graphql(LIST, by=cast.ben)) == ["late", "early", "silent"]


def test_staff_see_all_and_staff_without_the_permission_their_own(graphql: GraphQL, cast: Cast):
    MessageFactory(room=_room(cast, "old"))
    _room(cast, "new", between=[cast.cleo, cast.eve])

    assert _titles(graphql(LIST, by=cast.dora)) == ["new", "old"]
    assert _titles(graphql(LIST, by=cast.eve)) == ["new"]


def test_staff_tell_their_own_from_the_others(graphql: GraphQL, cast: Cast):
    _room(cast, "Ben's")
    _room(cast, "Dora's", between=[cast.ben, cast.dora])
    left = _room(cast, "left", between=[cast.ben, cast.dora])
    ChatParticipant.objects.filter(room=left, user=cast.dora).update(left_at=clock.now())

    own = graphql(LIST, {"filter": {"isOwn": True}}, by=cast.dora)
    others = graphql(LIST, {"filter": {"isOwn": False}}, by=cast.dora)

    assert (_titles(own), _titles(others)) == (["Dora's"], ["left", "Ben's"])


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    _room(cast, "mine")

    assert graphql(LIST).code == "not_signed_in"


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"chatType": "DIRECT"}, ["direct"]),
        ({"isActive": {"exact": False}}, ["closed"]),
        ({"isUnread": True}, ["unread"]),
        ({"isUnread": False, "isActive": {"exact": True}}, ["direct", "muted", "off"]),
        ({"isMuted": True}, ["muted", "off"]),
        ({"isMuted": False, "chatType": "GROUP"}, ["closed", "unread"]),
        ({"lastMessageAt": {"isNull": False}}, ["unread"]),
        ({"createdAt": {"lt": "2020-01-01T00:00:00Z"}}, []),
        ({"OR": {"chatType": "DIRECT"}, "isUnread": True}, ["direct", "unread"]),
        ({"NOT": {"chatType": "GROUP"}}, ["direct"]),
    ],
)
def test_they_are_filtered(graphql: GraphQL, cast: Cast, wanted: Any, titles: list[str]):
    _room(cast, "direct", direct=True)
    _room(cast, "closed", closed=True)
    MessageFactory(room=_room(cast, "unread"), sender=cast.ada)
    _part(_room(cast, "muted"), cast, mute_until=clock.now() + timedelta(hours=1))
    _part(_room(cast, "off"), cast, notifications_enabled=False)
    _part(ChatRoom.objects.get(title="direct"), cast, mute_until=clock.now() - timedelta(hours=1))

    answer = graphql(LIST, {"filter": wanted}, by=cast.ben)

    assert sorted(_titles(answer)) == titles
    assert answer.data["chatRooms"]["totalCount"] == len(titles)


def test_they_are_found_by_their_ids_and_by_their_order(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)
    about = _room(cast, "about it", of_order=True, order=order)
    _room(cast, "about another", of_order=True, order=cast.ben_order(published=True))
    _room(cast, "noise")

    by_order = graphql(LIST, {"filter": {"orderId": {"exact": gid(order)}}}, by=cast.ben)
    by_id = graphql(LIST, {"filter": {"id": {"inList": [gid(about)]}}}, by=cast.ben)

    assert _titles(by_order) == _titles(by_id) == ["about it"]


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("roof", ["New ROOF", "roof and tap"]),
        ("tap roof", ["roof and tap"]),
        ("cleo", ["with Cleo"]),
        ("ben", []),
        ("%", []),
        ("  ", []),
    ],
)
def test_they_are_found_by_words_of_their_title_and_by_who_else_is_there(
    graphql: GraphQL, cast: Cast, search: str, titles: list[str]
):
    _room(cast, "New ROOF")
    _room(cast, "roof and tap")
    _room(cast, "with Cleo", between=[cast.ben, cast.cleo])
    _room(cast, "roof noise", between=[cast.ada, cast.cleo])

    assert sorted(_titles(graphql(LIST, {"search": search}, by=cast.ben))) == titles


def test_who_left_is_not_searched_for(graphql: GraphQL, cast: Cast):
    _part(_room(cast, "plain"), cast, left_at=clock.now())

    assert _titles(graphql(LIST, {"search": "Botha"}, by=cast.ada)) == []


def test_they_are_ordered_as_asked(graphql: GraphQL, cast: Cast):
    for title in "bca":
        MessageFactory(room=_room(cast, title))

    by_title = graphql(LIST, {"order": [{"title": "ASC"}]}, by=cast.ben)
    by_news = graphql(LIST, {"order": [{"lastMessageAt": "ASC"}]}, by=cast.ben)

    assert (_titles(by_title), _titles(by_news)) == (["a", "b", "c"], ["b", "c", "a"])


def test_pages_follow_one_another(graphql: GraphQL, cast: Cast):
    for title in "abc":
        MessageFactory(room=_room(cast, title))

    first = graphql(LIST, {"first": 2}, by=cast.ben)
    page = first.data["chatRooms"]["pageInfo"]
    second = graphql(LIST, {"first": 2, "after": page["endCursor"]}, by=cast.ben)

    assert (_titles(first), page["hasNextPage"]) == (["c", "b"], True)
    assert _titles(second) == ["a"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": 101}, "invalid_page"),
        ({"after": "rubbish"}, "invalid_cursor"),
        ({"search": "x" * 201}, "search_too_long"),
    ],
)
def test_a_bad_question_gets_its_code(graphql: GraphQL, cast: Cast, given: Any, code: str):
    assert graphql(LIST, given, by=cast.ben).code == code
