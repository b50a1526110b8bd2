"""Friendships that are asked for, answered and ended at the same moment."""

import pytest

from apps.accounts import errors
from apps.accounts.models import FriendRequest, User
from apps.accounts.services.friendships import (
    accept_friendship,
    decline_friendship,
    request_friendship,
)
from apps.core.models import EventRecord
from tests.factories.accounts import UserProfileFactory
from tests.factories.community import FriendRequestFactory
from tests.support.races import race

pytestmark = pytest.mark.usefixtures("transactional_db")


def _two() -> tuple[User, User]:
    return UserProfileFactory().user, UserProfileFactory().user


def _ties() -> int:
    return int(User.friends.through.objects.count())


def _facts(name: str) -> int:
    return EventRecord.objects.filter(type=name).count()


def test_two_who_ask_each_other_at_once_become_friends_once():
    one, other = _two()

    outcomes = race(
        lambda: request_friendship(sender=one, receiver=other),
        lambda: request_friendship(sender=other, receiver=one),
    )

    (request,) = FriendRequest.objects.all()
    assert [type(outcome) for outcome in outcomes] == [FriendRequest, FriendRequest]
    assert request.status == FriendRequest.Status.ACCEPTED
    assert (_ties(), _facts("FriendshipAccepted")) == (2, 1)


def test_one_who_asks_many_times_at_once_asks_once():
    one, other = _two()

    outcomes = race(*[lambda: request_friendship(sender=one, receiver=other)] * 8)

    refused = [isinstance(outcome, errors.FriendshipRequested) for outcome in outcomes]
    assert (refused.count(False), refused.count(True)) == (1, 7)
    assert FriendRequest.objects.count() == 1


def test_of_many_answers_at_once_one_counts():
    one, other = _two()
    request = FriendRequestFactory(sender=one, receiver=other)

    outcomes = race(
        *[lambda: accept_friendship(request=request)] * 4,
        *[lambda: decline_friendship(request=request)] * 4,
    )

    late = [isinstance(outcome, errors.FriendshipAnswered) for outcome in outcomes]
    request.refresh_from_db()
    accepted = request.status == FriendRequest.Status.ACCEPTED
    assert (late.count(False), late.count(True)) == (1, 7)
    assert _ties() == (2 if accepted else 0)
    assert _facts("FriendshipAccepted") + _facts("FriendshipDeclined") == 1
