"""From an access token to the one who acts by it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from pytest_django import DjangoAssertNumQueries, Settings

from apps.accounts.access import viewer_of_token
from apps.accounts.errors import InvalidAccessToken
from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.orders.models import Order
from apps.organizations.models import Membership
from kernel import clock
from kernel.viewer import Reach
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.organizations import MembershipFactory


def _permission(name: str) -> Permission:
    return Permission.objects.get(codename=name)


def test_a_member_acts_for_their_organization_by_one_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
):
    membership = MembershipFactory(named="salesperson")
    token = start_session(user=membership.user).access_token

    with django_assert_num_queries(1):
        viewer = viewer_of_token(token)

    assert viewer.organization_id == membership.organization_id
    assert viewer.permissions == set(membership.role.permissions)
    assert viewer.reach == Reach.OWN


def test_one_of_the_staff_has_the_permissions_of_their_groups_by_two_queries(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
):
    group = Group.objects.create(name="Support")
    group.permissions.add(_permission("view_order"))
    cast.eve.groups.add(group)
    cast.eve.user_permissions.add(_permission("view_user"))
    token = start_session(user=cast.eve).access_token

    with django_assert_num_queries(2):
        viewer = viewer_of_token(token)

    assert viewer.staff_permissions == {"orders.view_order", "accounts.view_user"}
    assert viewer.oversees(Order) and viewer.oversees(User)
    assert not viewer.oversees(Membership)
    assert viewer.overseen == "accounts.user orders.order"


def test_who_is_no_staff_oversees_nothing_whatever_permissions_they_have(cast: Cast):
    cast.cleo.user_permissions.add(_permission("view_order"))

    viewer = viewer_of_token(start_session(user=cast.cleo).access_token)

    assert not viewer.oversees(Order)
    assert viewer.overseen == ""


@pytest.mark.parametrize("second_factor", [False, True])
def test_an_organization_that_requires_a_second_factor_opens_to_sessions_with_one(
    db: None, second_factor: bool
):
    membership = MembershipFactory(organization__requires_second_factor=True)
    signed_in = start_session(user=membership.user, second_factor=second_factor)

    viewer = viewer_of_token(signed_in.access_token)

    assert viewer.lacks_second_factor is not second_factor
    assert (viewer.organization_id is not None) is second_factor
    assert bool(viewer.permissions) is second_factor


def test_a_member_who_left_or_is_suspended_has_no_token_any_more(db: None):
    left, suspended = MembershipFactory(), MembershipFactory()
    tokens = [start_session(user=each.user).access_token for each in (left, suspended)]
    left.soft_delete()
    Membership.objects.filter(pk=suspended.pk).update(status=Membership.Status.SUSPENDED)

    for token in tokens:
        with pytest.raises(InvalidAccessToken):
            viewer_of_token(token)


def test_the_session_says_when_it_showed_who_it_is(db: None):
    before = clock.now() - timedelta(seconds=1)

    viewer = viewer_of_token(start_session(user=UserFactory()).access_token)

    assert viewer.verified_at is not None
    assert before < viewer.verified_at <= clock.now()
    assert not viewer.has_second_factor


@pytest.mark.parametrize("second_factor", [False, True])
def test_staff_who_must_show_a_second_factor_are_none_before(
    cast: Cast, settings: Settings, second_factor: bool
):
    settings.STAFF_SECOND_FACTOR = True

    viewer = viewer_of_token(
        start_session(user=cast.dora, second_factor=second_factor).access_token
    )

    assert (viewer.is_staff, viewer.oversees(User)) == (second_factor, second_factor)
    assert viewer.overseen == ("*" if second_factor else "")
