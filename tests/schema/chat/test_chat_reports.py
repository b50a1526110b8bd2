"""Listing reports: the staff's queue, and one's own."""

from typing import Any

import pytest

from apps.chat.models import ChatParticipant, ChatReport, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: ChatReportFilter, $order: [ChatReportOrder!]! = []) {
  chatReports(filter: $filter, order: $order) { totalCount edges { node {
    id status evidence adminNotes resolvedBy { firstName } message { number } } } } }"""


@pytest.fixture
def reports(cast: Cast, room: ChatRoom) -> list[ChatReport]:
    """An open report of Ben's, one that Dora decided, and one of Cleo's."""
    first, second = (MessageFactory(room=room, sender=cast.ada) for _ in range(2))
    decided = {"status": "UPHELD", "resolved_at": clock.now(), "resolved_by": cast.dora}
    notes = {"admin_notes": "A scam.", "action_taken": "MESSAGE_DELETED", "reason": "SCAM"}
    return [
        ChatReportFactory(message=first, reporter=cast.ben),
        ChatReportFactory(message=second, reporter=cast.ben, **decided, **notes),
        ChatReportFactory(message=second, reporter=cast.cleo),
    ]


def _ids(answer: Any) -> list[str]:
    return [edge["node"]["id"] for edge in answer.data["chatReports"]["edges"]]


@pytest.mark.parametrize(
    ("who", "places"), [("dora", [2, 1, 0]), ("ben", [1, 0]), ("ada", []), ("eve", [])]
)
def test_staff_see_all_and_others_their_own(
    graphql: GraphQL, cast: Cast, reports: list[ChatReport], who: str, places: list[int]
):
    answer = graphql(LIST, by=getattr(cast, who))

    assert _ids(answer) == [gid(reports[place]) for place in places]
    assert answer.data["chatReports"]["totalCount"] == len(places)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"status": "OPEN"}, [0, 2]),
        ({"reason": "SCAM"}, [1]),
        ({"actionTaken": "MESSAGE_DELETED"}, [1]),
        ({"resolvedAt": {"isNull": True}}, [0, 2]),
        ({"createdAt": {"lt": "2020-01-01T00:00:00Z"}}, []),
    ],
)
def test_staff_filter_them_the_oldest_first(
    graphql: GraphQL, cast: Cast, reports: list[ChatReport], wanted: Any, places: list[int]
):
    given = {"filter": wanted, "order": [{"createdAt": "ASC"}]}

    answer = graphql(LIST, given, by=cast.dora)

    assert _ids(answer) == [gid(reports[place]) for place in places]


def test_staff_find_those_of_a_message_and_of_a_user(
    graphql: GraphQL, cast: Cast, reports: list[ChatReport]
):
    of_message = {"messageId": {"exact": gid(reports[1].message)}}
    of_user = {"reporterId": {"exact": gid(cast.cleo)}}

    assert _ids(graphql(LIST, {"filter": of_message}, by=cast.dora)) == [
        gid(reports[2]),
        gid(reports[1]),
    ]
    assert _ids(graphql(LIST, {"filter": of_user}, by=cast.dora)) == [gid(reports[2])]


def test_staff_alone_read_the_evidence_the_notes_and_who_decided(
    graphql: GraphQL, cast: Cast, reports: list[ChatReport]
):
    wanted = {"filter": {"status": "UPHELD"}}

    shown = [
        graphql(LIST, wanted, by=by).data["chatReports"]["edges"][0]["node"]
        for by in (cast.dora, cast.ben)
    ]

    fields = ("evidence", "adminNotes", "resolvedBy")
    told = ({"content": "The tap drips again."}, "A scam.", {"firstName": "Dora"})
    assert [tuple(node[name] for name in fields) for node in shown] == [told, (None, None, None)]


def test_who_left_the_room_keeps_the_report_without_the_message(
    graphql: GraphQL, cast: Cast, reports: list[ChatReport]
):
    ChatParticipant.objects.filter(user=cast.ben).update(left_at=clock.now())

    edges = graphql(LIST, by=cast.ben).data["chatReports"]["edges"]

    assert [edge["node"]["message"] for edge in edges] == [None, None]


def test_the_signed_out_are_refused(graphql: GraphQL):
    assert graphql(LIST).code == "not_signed_in"
