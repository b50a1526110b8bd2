"""Taking up an invitation."""

import pytest

from apps.accounts.models import User
from apps.core.models import EventRecord
from apps.organizations.events import MemberJoined
from apps.organizations.models import Membership
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import Firm, InvitationFactory, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = "... on Membership { status role { name } organization { id } }"


@pytest.fixture
def guest(db: None) -> User:
    """Somebody who has an account."""
    return UserFactory(email="guest@example.org")


def test_the_guest_belongs_to_the_organization(graphql: GraphQL, firm: Firm, guest: User):
    invitation = firm.invitation(email="Guest@Example.org", token="abc", named="manager")

    with announced() as heard:
        answer = graphql.mutate("acceptInvitation", {"token": "abc"}, SHOW, by=guest)

    shown = answer.data["acceptInvitation"]
    assert (shown["status"], shown["role"]) == ("ACTIVE", {"name": "manager"})
    assert shown["organization"] == {"id": gid(firm.organization)}
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    assert heard == [
        MemberJoined(
            organization_id=firm.organization.pk,
            user_id=guest.pk,
            membership_id=firm.place(guest).pk,
            invitation_id=invitation.pk,
        )
    ]


def test_it_shows_the_address_to_be_the_guests(graphql: GraphQL, firm: Firm, guest: User):
    firm.invitation(email="guest@example.org", token="abc")

    graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest)

    guest.refresh_from_db()
    assert guest.is_email_verified


def test_the_session_acts_for_it_only_once_it_is_switched(
    graphql: GraphQL, firm: Firm, guest: User
):
    firm.invitation(email="guest@example.org", token="abc")
    graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest)

    answer = graphql("{ organizations { edges { node { id } } } }", by=guest)

    assert answer.data["organizations"]["edges"] == [{"node": {"id": gid(firm.organization)}}]


def test_an_invitation_of_another_is_refused(graphql: GraphQL, firm: Firm, guest: User):
    firm.invitation(email="other@example.org", token="abc")

    with nothing_changes():
        answer = graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest)

    assert answer.code == "invitation_for_another"


@pytest.mark.parametrize(
    "traits",
    [{"expired": True}, {"revoked_at": clock.now()}, {"accepted_at": clock.now()}],
    ids=["expired", "revoked", "accepted"],
)
def test_an_invitation_that_is_good_no_more_is_not_found(
    graphql: GraphQL, firm: Firm, guest: User, traits: dict[str, object]
):
    firm.invitation(email="guest@example.org", token="abc", **traits)

    with nothing_changes():
        assert graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest).code == "not_found"


@pytest.mark.parametrize("token", ["", "unknown", "\x00", "é" * 5000])
def test_a_token_that_is_none_is_not_found(graphql: GraphQL, firm: Firm, guest: User, token: str):
    firm.invitation(email="guest@example.org")

    with nothing_changes():
        assert graphql.mutate("acceptInvitation", {"token": token}, by=guest).code == "not_found"


def test_the_invitation_of_a_deleted_organization_is_not_found(
    graphql: GraphQL, firm: Firm, guest: User
):
    firm.invitation(email="guest@example.org", token="abc")
    firm.organization.soft_delete()

    assert graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest).code == "not_found"


@pytest.mark.parametrize("suspended", [False, True])
def test_a_member_does_not_join_again(graphql: GraphQL, firm: Firm, guest: User, suspended: bool):
    MembershipFactory(organization=firm.organization, user=guest, suspended=suspended)
    firm.invitation(email="guest@example.org", token="abc")

    with nothing_changes():
        answer = graphql.mutate("acceptInvitation", {"token": "abc"}, by=guest)

    assert answer.code == "already_member"


def test_who_left_can_come_back(graphql: GraphQL, firm: Firm, guest: User):
    MembershipFactory(organization=firm.organization, user=guest).soft_delete()
    firm.invitation(email="guest@example.org", token="abc")

    answer = graphql.mutate("acceptInvitation", {"token": "abc"}, SHOW, by=guest)

    assert answer.data["acceptInvitation"]["role"] == {"name": "member"}


def test_the_signed_out_accept_nothing(graphql: GraphQL, firm: Firm):
    firm.invitation(token="abc")

    with nothing_changes():
        assert graphql.mutate("acceptInvitation", {"token": "abc"}).code == "not_signed_in"


def test_tokens_cannot_be_guessed_at_leisure(graphql: GraphQL, guest: User):
    codes = {graphql.mutate("acceptInvitation", {"token": "x"}, by=guest).code for _ in range(11)}

    assert codes == {"not_found", "rate_limited"}


def test_accepted_by_many_at_once_it_works_once(transactional_db: None):
    guest = UserFactory(email="guest@example.org")
    invitation = InvitationFactory(email="guest@example.org", token="abc")
    call = GraphQL()

    outcomes = race(*[lambda: call.mutate("acceptInvitation", {"token": "abc"}, by=guest).body] * 8)

    kinds = [body["data"]["acceptInvitation"]["__typename"] for body in outcomes]
    assert sorted(kinds) == ["Membership"] + ["OperationInfo"] * 7
    assert Membership.objects.filter(organization=invitation.organization).count() == 1
    assert EventRecord.objects.filter(type="MemberJoined").count() == 1
