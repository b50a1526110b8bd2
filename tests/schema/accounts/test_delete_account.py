"""Closing one's account, and what staff can bring back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.errors import AccountErased
from apps.accounts.events import AccountDeleted, AccountRestored, SessionRevoked
from apps.accounts.models import Device, Session, User
from apps.accounts.services import deletion
from apps.accounts.services.sessions import start_session
from apps.core.events import MessageQueued
from apps.core.models import AuditEntry, OutboundMessage
from apps.core.services.event_log import deliver_due
from apps.orders.models import Bid, Order
from apps.organizations.errors import LastOwner
from apps.organizations.models import Membership, Organization
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.community import DeviceFactory
from tests.factories.orders import BidFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.races import race
from tests.support.unchanged import nothing_changes

DELETE = """mutation { deleteAccount { __typename
  ... on OperationInfo { messages { kind message field code } } } }"""
PASSWORD = "correct horse battery"


def _delete(graphql: GraphQL, by: User | None) -> Answer:
    return graphql(DELETE, by=by)


def _sign_in(graphql: GraphQL, user: User) -> Answer:
    credentials = {"email": user.email, "password": PASSWORD}
    return graphql.mutate("signIn", credentials, by=None)


def test_the_account_is_closed_with_all_that_hangs_on_it(graphql: GraphQL, cast: Cast):
    ben, device = cast.ben, DeviceFactory(user=cast.ben)
    noise = DeviceFactory(user=cast.cleo)
    other = start_session(user=ben)

    with announced() as heard:
        answer = _delete(graphql, ben)

    message = OutboundMessage.objects.get()
    batches = {
        User._base_manager.get(pk=ben.pk).deletion_batch,
        type(ben.profile)._base_manager.get(user=ben).deletion_batch,
        type(cast.ben_client)._base_manager.get(pk=cast.ben_client.pk).deletion_batch,
    }
    assert answer.data["deleteAccount"] == {"__typename": "Done"}
    assert not User.objects.filter(pk=ben.pk).exists()
    assert (len(batches), None in batches) == (1, False)
    assert not Session.objects.filter(user=ben, revoked_at=None).exists()
    assert [*Device.objects.all()] == [noise]
    assert (message.recipient, message.template) == (ben.email, "account_deleted")
    assert "30" in message.text
    assert [type(fact) for fact in heard] == [
        SessionRevoked,
        SessionRevoked,
        MessageQueued,
        AccountDeleted,
    ]
    assert graphql("{ me { name } }", token=other.access_token).code == "invalid_token"
    assert device.pk != noise.pk


def test_a_password_that_was_shown_long_ago_is_not_enough(graphql: GraphQL, cast: Cast):
    token = start_session(user=cast.ben).access_token
    long_ago = clock.now() - timedelta(hours=1)
    Session.objects.filter(user=cast.ben).update(verified_at=long_ago)

    with nothing_changes():
        answer = graphql(DELETE, token=token)

    assert answer.code == "step_up_required"


def test_the_signed_out_close_nothing(graphql: GraphQL):
    assert _delete(graphql, None).code == "not_signed_in"


def test_the_last_owner_of_others_stays(graphql: GraphQL, cast: Cast):
    owner = MembershipFactory(user=cast.ben)
    MembershipFactory(organization=owner.organization, named="member")
    by = cast.ben

    with nothing_changes():
        answer = _delete(graphql, by)

    assert answer.code == "last_owner"


@pytest.mark.parametrize("other", ["deleted", "blocked", "suspended"])
def test_an_owner_who_cannot_act_is_none(graphql: GraphQL, cast: Cast, other: str):
    organization = MembershipFactory(user=cast.ben).organization
    second = MembershipFactory(organization=organization)
    MembershipFactory(organization=organization, named="member")
    if other == "suspended":
        Membership.objects.filter(pk=second.pk).update(status=Membership.Status.SUSPENDED)
    else:
        column = {"deleted": "is_deleted", "blocked": "blocked"}[other]
        User.objects.filter(pk=second.user_id).update(**{column: True})

    assert _delete(graphql, cast.ben).code == "last_owner"


def test_one_owner_of_two_leaves_the_organization_to_the_other(graphql: GraphQL, cast: Cast):
    owner = MembershipFactory(user=cast.ben)
    other = MembershipFactory(organization=owner.organization)

    _delete(graphql, cast.ben)

    assert [*Membership.objects.filter(organization=owner.organization)] == [other]
    assert Organization.objects.filter(pk=owner.organization_id).exists()


def test_an_organization_of_one_goes_and_comes_back_with_its_owner(graphql: GraphQL, cast: Cast):
    first, second = MembershipFactory(user=cast.ada), MembershipFactory(user=cast.ada)
    member, before = MembershipFactory(user=cast.ada, named="member"), MembershipFactory()
    before.organization.soft_delete()

    _delete(graphql, cast.ada)
    gone = Organization.objects.filter(pk__in=[first.organization_id, second.organization_id])
    left = [gone.exists(), Membership.objects.filter(user=cast.ada).exists()]
    deletion.restore_account(user=User._base_manager.get(pk=cast.ada.pk))

    assert left == [False, False]
    assert gone.count() == 2
    assert {*Membership.objects.filter(user=cast.ada)} == {first, second, member}
    assert not Organization.objects.filter(pk=before.organization_id).exists()


@pytest.mark.usefixtures("transactional_db")
def test_of_two_owners_who_go_at_once_one_stays():
    organization = MembershipFactory(named="member").organization
    owners = [MembershipFactory(organization=organization).user for _ in range(2)]

    outcomes = race(*[lambda owner=owner: deletion.delete_account(user=owner) for owner in owners])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastOwner", "NoneType"]
    assert User.objects.filter(pk__in=[owner.pk for owner in owners]).count() == 1
    assert any(isinstance(outcome, LastOwner) for outcome in outcomes)


@pytest.mark.usefixtures("transactional_db")
def test_an_account_that_is_closed_many_times_at_once_is_closed_once():
    user = UserFactory()

    race(*[lambda: deletion.delete_account(user=user)] * 4)

    assert OutboundMessage.objects.count() == 1


def test_a_restored_account_is_signed_in_to_again(graphql: GraphQL, cast: Cast):
    ben = cast.ben
    ben.set_password(PASSWORD)
    ben.save()
    _delete(graphql, ben)

    closed = _sign_in(graphql, ben)
    with announced() as heard:
        deletion.restore_account(user=ben)
    open_again = _sign_in(graphql, ben)

    assert closed.code == "invalid_credentials"
    assert heard == [AccountRestored(user_id=ben.pk)]
    assert open_again.data["signIn"]["__typename"] == "AuthPayload"
    assert graphql("{ me { profile { id } } }", by=ben).data["me"]["profile"] is not None


def test_the_admin_brings_an_account_back_but_not_an_erased_one(cast: Cast, client: Any):
    deletion.delete_account(user=cast.ben)
    deletion.delete_account(user=cast.cleo)
    User._base_manager.filter(pk=cast.cleo.pk).update(erased_at=clock.now())
    client.force_login(cast.dora)

    for user in (cast.ben, cast.cleo):
        chosen = {"action": "restore_rows", "_selected_action": [str(user.pk)]}
        client.post("/admin/accounts/user/?deleted=all", chosen)

    assert User.objects.filter(pk=cast.ben.pk).exists()
    assert not User.objects.filter(pk=cast.cleo.pk).exists()
    with pytest.raises(AccountErased):
        deletion.restore_account(user=cast.cleo)


@pytest.mark.parametrize(
    ("trait", "becomes_of_client", "becomes_of_provider"),
    [
        ("draft", "CANCELLED", "DRAFT"),
        ("published", "CANCELLED", "PUBLISHED"),
        ("assigned", "CANCELLED", "PUBLISHED"),
        ("in_progress", "IN_PROGRESS", "IN_PROGRESS"),
        ("completed", "COMPLETED", "COMPLETED"),
    ],
)
def test_orders_without_work_are_cancelled_with_their_client_and_open_again_without_their_provider(
    cast: Cast, trait: str, becomes_of_client: str, becomes_of_provider: str
):
    is_won = trait not in ("draft", "published")
    make = cast.ada_work if is_won else cast.ben_order
    order = make() if trait == "draft" else make(**{trait: True})
    becomes = []

    for user in (cast.ada, cast.ben):
        with transaction.atomic():
            deletion.delete_account(user=user)
            deliver_due()
            becomes.append(Order.objects.get(pk=order.pk).status)
            transaction.set_rollback(True)

    assert becomes == [becomes_of_provider, becomes_of_client]


def test_pending_bids_are_withdrawn_and_others_stand(cast: Cast):
    bid = cast.ada_bid()
    noise = BidFactory(order=bid.order)
    Order.objects.filter(pk=bid.order_id).update(bid_count=2)

    deletion.delete_account(user=cast.ada)
    deliver_due()
    deliver_due()

    bid.refresh_from_db()
    noise.refresh_from_db()
    assert (bid.status, noise.status) == (Bid.Status.WITHDRAWN, Bid.Status.PENDING)
    assert Order.objects.get(pk=bid.order_id).bid_count == 1


def test_that_an_account_was_closed_is_noted_with_who_did(graphql: GraphQL, cast: Cast):
    MembershipFactory(user=cast.ben)

    _delete(graphql, cast.ben)

    notes = AuditEntry.objects.filter(action="UPDATE", changes__has_key="is_deleted")
    assert {*notes.values_list("actor", flat=True)} == {cast.ben.pk}
    assert {*notes.values_list("object_type", flat=True)} >= {
        "accounts.User",
        "organizations.Organization",
        "organizations.Membership",
    }
