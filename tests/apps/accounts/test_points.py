"""Points for deeds, each once."""

from datetime import date
from uuid import uuid4

import pytest

from apps.accounts import deeds
from apps.accounts.deeds import DEEDS
from apps.accounts.events import (
    EmailVerified,
    FriendshipAccepted,
    PhoneVerified,
    ProfileUpdated,
    VerificationReviewed,
)
from apps.accounts.models import PointsAward, User
from apps.accounts.services.points import award
from apps.accounts.services.profiles import update_profile
from apps.core.models import Delivery
from apps.core.services.event_log import deliver_due
from apps.orders.services.work import confirm_order
from kernel import events
from kernel.events import Event
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL
from tests.support.races import race


def _happen(fact: Event) -> None:
    """Have a fact handled twice, as can happen."""
    events.publish(fact)
    deliver_due()
    Delivery.objects.update(state=Delivery.State.WAITING)
    deliver_due()


def _earned(user: User) -> dict[str, int]:
    user.refresh_from_db()
    earned = dict(user.awards.values_list("deed", "points"))  # type: ignore[attr-defined]
    assert user.points == sum(user.awards.values_list("points", flat=True))  # type: ignore[attr-defined]
    return earned


def test_a_deed_counts_once_for_each_thing(cast: Cast):
    version, one, other = cast.ben.version, uuid4(), uuid4()

    new = [
        award(user_id=cast.ben.pk, deed=deeds.FRIEND_MADE, reference=reference)
        for reference in (one, one, other)
    ]

    cast.ben.refresh_from_db()
    assert new == [True, False, True]
    assert (cast.ben.points, cast.ben.version) == (10, version)


@pytest.mark.usefixtures("transactional_db")
def test_a_deed_that_is_told_many_times_at_once_counts_once():
    user, reference = UserFactory(), uuid4()

    outcomes = race(
        *[lambda: award(user_id=user.pk, deed=deeds.STREAK_7, reference=reference)] * 12
    )

    user.refresh_from_db()
    assert (outcomes.count(True), outcomes.count(False)) == (1, 11)
    assert (user.points, PointsAward.objects.count()) == (25, 1)


def test_verified_addresses_and_numbers_are_worth_points(cast: Cast):
    _happen(EmailVerified(user_id=cast.ben.pk))
    _happen(PhoneVerified(user_id=cast.ben.pk))

    assert _earned(cast.ben) == {"EMAIL_VERIFIED": 10, "PHONE_VERIFIED": 20}


@pytest.mark.parametrize(
    ("kind", "approved", "earned"),
    [
        ("IDENTITY", True, {"IDENTITY_VERIFIED": 50}),
        ("IDENTITY", False, {}),
        ("ADDRESS", True, {}),
    ],
)
def test_a_verified_identity_is_worth_points(
    cast: Cast, kind: str, approved: bool, earned: dict[str, int]
):
    _happen(
        VerificationReviewed(
            user_id=cast.ben.pk,
            verification_id=uuid4(),
            verification_type=kind,
            approved=approved,
        )
    )

    assert _earned(cast.ben) == earned


def test_a_friend_is_worth_points_to_both_and_once_however_often_they_part(cast: Cast):
    for pair in [(cast.ada, cast.ben), (cast.ben, cast.ada)]:
        sender, receiver = pair
        facts = {"sender_id": sender.pk, "receiver_id": receiver.pk}
        _happen(FriendshipAccepted(**facts, request_id=uuid4()))

    assert _earned(cast.ada) == _earned(cast.ben) == {"FRIEND_MADE": 5}


def test_a_profile_is_worth_points_once_it_tells_all(cast: Cast):
    ben = cast.ben_client.user_profile.user
    update_profile(
        user=ben,
        changes={
            "last_name": "Botha",
            "bio": "Words",
            "city": "Paarl",
            "country": "ZA",
            "date_of_birth": date(1990, 1, 1),
        },
    )
    deliver_due()
    without_picture = _earned(ben)

    User.objects.filter(pk=ben.pk).update(photo="users/me.jpg")
    _happen(ProfileUpdated(user_id=ben.pk))

    assert without_picture == {}
    assert _earned(ben) == {"PROFILE_COMPLETED": 20}


def test_an_order_brought_to_its_end_is_worth_points_to_both_sides(cast: Cast):
    order = cast.ada_work(completed=True)

    confirm_order(order=order)
    deliver_due()
    Delivery.objects.update(state=Delivery.State.WAITING)
    deliver_due()

    assert _earned(cast.ada) == _earned(cast.ben) == {"ORDER_CONFIRMED": 30}
    assert {*PointsAward.objects.values_list("reference", flat=True)} == {order.pk}


def test_who_left_earns_nothing(cast: Cast):
    cast.ben.soft_delete()

    _happen(EmailVerified(user_id=cast.ben.pk))

    assert not PointsAward.objects.exists()


def test_all_deeds_are_published(graphql: GraphQL, cast: Cast):
    answer = graphql("{ deeds { code points description } }", by=cast.ben)

    found = answer.data["deeds"]
    assert {deed["code"]: deed["points"] for deed in found} == {
        "EMAIL_VERIFIED": 10,
        "PHONE_VERIFIED": 20,
        "PROFILE_COMPLETED": 20,
        "IDENTITY_VERIFIED": 50,
        "ORDER_CONFIRMED": 30,
        "REVIEW_WRITTEN": 10,
        "FRIEND_MADE": 5,
        "STREAK_7": 25,
        "STREAK_30": 100,
        "STREAK_100": 300,
    }
    assert all(deed["description"] for deed in found)
    assert len(found) == len(DEEDS)
    assert graphql("{ deeds { code } }").code == "not_signed_in"
