"""Making friends: asking, answering, parting, and what others see of it."""

from typing import Any

import pytest

from apps.accounts.events import (
    FriendRemoved,
    FriendshipAccepted,
    FriendshipDeclined,
    FriendshipRequested,
)
from apps.accounts.models import FriendRequest, User
from apps.core.events import MessageQueued
from apps.core.models import OutboundMessage
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.cast import Cast
from tests.factories.community import FriendRequestFactory
from tests.factories.orders import AssignmentFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on FriendRequest { status sender { name } receiver { name } viewerCan }"
OWN = """{ me { friends { totalCount edges { node { name } } }
  friendshipRequests { totalCount edges { node { status sender { name } } } }
  friendshipRequestsSent { totalCount edges { node { status receiver { name } } } } } }"""
THEIRS = """query($id: ID!) { user(id: $id) { name
  friends { totalCount edges { node { name } } }
  friendshipRequests { totalCount } friendshipRequestsSent { totalCount } } }"""


@pytest.fixture
def acquainted(cast: Cast) -> Cast:
    """Ada carries out an order of Ben's: they know of each other."""
    AssignmentFactory(bid__order__client_profile=cast.ben_client, bid__provider=cast.ada_business)
    return cast


def _ask(graphql: GraphQL, by: User | None, whom: Any) -> Answer:
    return graphql.mutate("requestFriendship", {"userId": gid(whom)}, SELECT, by=by)


def _answer(graphql: GraphQL, name: str, by: User | None, request: FriendRequest) -> Answer:
    return graphql.mutate(name, {"requestId": gid(request)}, SELECT, by=by)


def _part(graphql: GraphQL, by: User | None, whom: Any) -> Answer:
    return graphql.mutate("removeFriend", {"userId": gid(whom)}, by=by)


def _are_friends(one: User, other: User) -> tuple[bool, bool]:
    return (
        one.friends.filter(pk=other.pk).exists(),
        other.friends.filter(pk=one.pk).exists(),
    )


def test_one_asks_and_the_other_is_told(graphql: GraphQL, acquainted: Cast):
    ada, ben = acquainted.ada, acquainted.ben

    with announced() as heard:
        answer = _ask(graphql, ben, ada)

    request = FriendRequest.objects.get()
    message = OutboundMessage.objects.get()
    assert answer.data["requestFriendship"] == {
        "__typename": "FriendRequest",
        "status": "PENDING",
        "sender": {"name": "Ben Botha"},
        "receiver": {"name": "Ada Nkosi"},
        "viewerCan": ["declineFriendship"],
    }
    assert (message.recipient, message.template) == ("ada@example.org", "friend_request")
    assert heard == [
        MessageQueued(message_id=message.pk),
        FriendshipRequested(sender_id=ben.pk, receiver_id=ada.pk, request_id=request.pk),
    ]
    assert _are_friends(ada, ben) == (False, False)


def test_who_wants_no_mails_gets_none(graphql: GraphQL, acquainted: Cast):
    profile = acquainted.ada_business.user_profile
    profile.notification_settings = {"email": False}
    profile.save()

    _ask(graphql, acquainted.ben, acquainted.ada)

    assert FriendRequest.objects.count() == 1
    assert not OutboundMessage.objects.exists()


def test_who_was_turned_down_asks_again_without_another_mail(graphql: GraphQL, acquainted: Cast):
    ada, ben = acquainted.ada, acquainted.ben
    FriendRequestFactory(sender=ben, receiver=ada, status=FriendRequest.Status.DECLINED)

    answer = _ask(graphql, ben, ada)

    assert answer.data["requestFriendship"]["status"] == "PENDING"
    assert not OutboundMessage.objects.exists()


def test_asking_who_has_asked_makes_friends(graphql: GraphQL, cast: Cast):
    request = FriendRequestFactory(sender=cast.ada, receiver=cast.ben)

    with announced() as heard:
        answer = _ask(graphql, cast.ben, cast.ada)

    assert answer.data["requestFriendship"]["status"] == "ACCEPTED"
    assert _are_friends(cast.ada, cast.ben) == (True, True)
    facts = {"sender_id": cast.ada.pk, "receiver_id": cast.ben.pk, "request_id": request.pk}
    assert heard == [FriendshipAccepted(**facts)]


@pytest.mark.parametrize("state", ["stranger", "blocked", "deleted"])
def test_strangers_and_those_who_are_gone_are_not_there(
    graphql: GraphQL, acquainted: Cast, state: str
):
    whom = acquainted.cleo if state == "stranger" else acquainted.ada
    if state == "blocked":
        User.objects.filter(pk=whom.pk).update(blocked=True)
    if state == "deleted":
        whom.soft_delete()
    by = acquainted.ben

    with nothing_changes():
        answer = _ask(graphql, by, whom)

    assert answer.code == "not_found"


def test_what_makes_no_sense_is_refused(graphql: GraphQL, acquainted: Cast):
    ada, ben, friend = acquainted.ada, acquainted.ben, UserFactory()
    ben.friends.add(friend)
    FriendRequestFactory(sender=ben, receiver=ada)

    with nothing_changes():
        codes = [_ask(graphql, ben, whom).code for whom in (ben, friend, ada, ben.profile)]

    assert codes == ["own_friend", "already_friends", "friendship_requested", "invalid_id"]


def test_who_was_asked_accepts_once(graphql: GraphQL, cast: Cast):
    request = FriendRequestFactory(sender=cast.ada, receiver=cast.ben)

    with announced() as heard:
        answer = _answer(graphql, "acceptFriendship", cast.ben, request)
    with nothing_changes():
        again = _answer(graphql, "acceptFriendship", cast.ben, request)

    assert answer.data["acceptFriendship"]["status"] == "ACCEPTED"
    assert [type(fact) for fact in heard] == [FriendshipAccepted]
    assert _are_friends(cast.ada, cast.ben) == (True, True)
    request.refresh_from_db()
    assert request.answered_at is not None
    assert again.code == "already_answered"


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_either_of_the_two_ends_a_request(graphql: GraphQL, cast: Cast, who: str):
    request = FriendRequestFactory(sender=cast.ada, receiver=cast.ben)

    with announced() as heard:
        answer = _answer(graphql, "declineFriendship", getattr(cast, who), request)

    assert answer.data["declineFriendship"]["status"] == "DECLINED"
    assert [type(fact) for fact in heard] == [FriendshipDeclined]
    assert _are_friends(cast.ada, cast.ben) == (False, False)


@pytest.mark.parametrize(
    ("name", "who", "code"),
    [
        ("acceptFriendship", "ada", "not_allowed"),
        ("acceptFriendship", "cleo", "not_found"),
        ("acceptFriendship", "dora", "not_found"),
        ("acceptFriendship", "nobody", "not_signed_in"),
        ("declineFriendship", "cleo", "not_found"),
        ("declineFriendship", "nobody", "not_signed_in"),
    ],
)
def test_only_the_two_answer(graphql: GraphQL, cast: Cast, name: str, who: str, code: str):
    request, by = FriendRequestFactory(sender=cast.ada, receiver=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _answer(graphql, name, by, request)

    assert answer.code == code


def test_a_request_of_somebody_who_was_shut_out_is_not_accepted(graphql: GraphQL, cast: Cast):
    request, by = FriendRequestFactory(sender=cast.ada, receiver=cast.ben), cast.ben
    User.objects.filter(pk=cast.ada.pk).update(blocked=True)

    with nothing_changes():
        answer = _answer(graphql, "acceptFriendship", by, request)

    assert answer.code == "not_allowed"


def test_friends_part_and_strangers_have_nothing_to_part_from(graphql: GraphQL, cast: Cast):
    cast.ada.friends.add(cast.ben)

    with announced() as heard:
        answer = _part(graphql, cast.ben, cast.ada)
    with nothing_changes():
        again = _part(graphql, cast.ben, cast.ada)

    assert answer.data["removeFriend"]["__typename"] == "Done"
    assert heard == [FriendRemoved(sender_id=cast.ben.pk, receiver_id=cast.ada.pk)]
    assert _are_friends(cast.ada, cast.ben) == (False, False)
    assert again.code == "not_found"
    assert _part(graphql, None, cast.ada).code == "not_signed_in"


def test_one_sees_ones_friends_and_requests(graphql: GraphQL, cast: Cast):
    friend, noise = UserFactory(name="Zoe"), UserFactory()
    cast.ben.friends.add(friend)
    noise.friends.add(friend)
    FriendRequestFactory(sender=cast.ada, receiver=cast.ben)
    FriendRequestFactory(sender=cast.ben, receiver=cast.cleo)
    FriendRequestFactory(sender=noise, receiver=cast.ada)

    seen = graphql(OWN, by=cast.ben).data["me"]

    assert seen == {
        "friends": {"totalCount": 1, "edges": [{"node": {"name": "Zoe"}}]},
        "friendshipRequests": {
            "totalCount": 1,
            "edges": [{"node": {"status": "PENDING", "sender": {"name": "Ada Nkosi"}}}],
        },
        "friendshipRequestsSent": {
            "totalCount": 1,
            "edges": [{"node": {"status": "PENDING", "receiver": {"name": "Cleo Stranger"}}}],
        },
    }


def test_requests_are_told_apart_by_what_came_of_them(graphql: GraphQL, cast: Cast):
    for status in FriendRequest.Status:
        FriendRequestFactory(receiver=cast.ben, status=status)

    seen = graphql(
        "{ me { friendshipRequests(filter: {status: DECLINED}) { edges { node { status } } } } }",
        by=cast.ben,
    )

    assert seen.data["me"]["friendshipRequests"]["edges"] == [{"node": {"status": "DECLINED"}}]


@pytest.mark.parametrize("who", ["friend", "colleague", "staff"])
def test_nobody_else_sees_them_not_even_shared_friends(graphql: GraphQL, cast: Cast, who: str):
    shared, theirs = UserFactory(name="Zoe"), MembershipFactory(user=cast.ben)
    viewer = {
        "friend": cast.ada,
        "colleague": MembershipFactory(organization=theirs.organization).user,
        "staff": cast.dora,
    }[who]
    cast.ben.friends.add(shared)
    viewer.friends.add(shared)
    if who == "friend":
        cast.ben.friends.add(viewer)
    FriendRequestFactory(sender=cast.cleo, receiver=cast.ben)
    FriendRequestFactory(sender=cast.ben, receiver=UserFactory())

    seen = graphql(THEIRS, {"id": gid(cast.ben)}, by=viewer).data["user"]

    nothing = {"totalCount": 0}
    assert seen == {
        "name": "Ben Botha",
        "friends": {**nothing, "edges": []},
        "friendshipRequests": nothing,
        "friendshipRequestsSent": nothing,
    }


def test_the_two_see_each_other_while_a_request_waits(graphql: GraphQL, cast: Cast):
    stranger = UserProfileFactory(user__name="Zoe").user
    request = FriendRequestFactory(sender=stranger, receiver=cast.ben)
    see = "query($id: ID!) { user(id: $id) { name email } }"

    waiting = graphql(see, {"id": gid(stranger)}, by=cast.ben)
    _answer(graphql, "declineFriendship", cast.ben, request)
    declined = graphql(see, {"id": gid(stranger)}, by=cast.ben)

    assert waiting.data["user"] == {"name": "Zoe", "email": None}
    assert declined.code == "not_found"
