"""Reading others."""

from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.accounts.models import User
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.cast import Cast
from tests.factories.orders import AssignmentFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import GraphQL, gid

SEE = "query($id: ID!) { user(id: $id) { name email profile { city phoneNumber address } } }"
NODE = "query($id: ID!) { node(id: $id) { ... on User { name email } } }"


@pytest.fixture
def eve(db: None) -> User:
    """A user with a phone and an address."""
    profile = UserProfileFactory(
        user__email="eve@example.org",
        user__name="Eve",
        city="Lagos",
        phone_number="+23412345678",
        address="3 Marina",
    )
    return profile.user


MASKED = {
    "name": "Eve",
    "email": None,
    "profile": {"city": None, "phoneNumber": None, "address": None},
}


def test_a_colleague_is_seen_without_contact_data(graphql: GraphQL, eve: User):
    theirs, noise = MembershipFactory(user=eve), MembershipFactory()
    mine = MembershipFactory(organization=theirs.organization)

    seen = graphql(SEE, {"id": gid(eve)}, by=mine.user)
    hidden = graphql(SEE, {"id": gid(eve)}, by=noise.user)

    assert seen.data["user"] == MASKED
    assert hidden.code == "not_found"


def test_a_colleague_who_left_is_seen_no_more(graphql: GraphQL, eve: User):
    theirs = MembershipFactory(user=eve)
    mine = MembershipFactory(organization=theirs.organization)
    theirs.soft_delete()

    assert graphql(SEE, {"id": gid(eve)}, by=mine.user).code == "not_found"


def test_a_friend_is_seen_without_contact_data(graphql: GraphQL, eve: User):
    friend = UserFactory()
    friend.friends.add(eve)

    assert graphql(SEE, {"id": gid(eve)}, by=friend).data["user"] == MASKED


def test_client_and_assigned_provider_see_each_other(graphql: GraphQL, cast: Cast):
    AssignmentFactory(bid__order__client_profile=cast.ben_client, bid__provider=cast.ada_business)

    ada = graphql(SEE, {"id": gid(cast.ada)}, by=cast.ben)
    ben = graphql(SEE, {"id": gid(cast.ben)}, by=cast.ada)
    unrelated = graphql(SEE, {"id": gid(cast.ada)}, by=cast.cleo)

    assert (ada.data["user"]["name"], ada.data["user"]["email"]) == ("Ada Nkosi", None)
    assert ben.data["user"]["name"] == "Ben Botha"
    assert unrelated.code == "not_found"


def test_oneself_and_staff_see_all(graphql: GraphQL, cast: Cast, eve: User):
    own = graphql(SEE, {"id": gid(eve)}, by=eve).data["user"]
    staffs = graphql(SEE, {"id": gid(eve)}, by=cast.dora).data["user"]

    assert own == staffs
    assert own["email"] == "eve@example.org"
    assert own["profile"]["phoneNumber"] == "+23412345678"


@pytest.mark.parametrize("document", [SEE, NODE])
def test_a_stranger_a_deleted_user_and_a_missing_one_look_alike(
    graphql: GraphQL, cast: Cast, eve: User, document: str
):
    deleted = UserFactory()
    cast.cleo.friends.add(deleted)
    deleted.soft_delete()

    ids = gid(eve), gid(deleted), to_base64("User", uuid4())
    stranger, gone, missing = (graphql(document, {"id": id}, by=cast.cleo) for id in ids)

    assert stranger.code == "not_found"
    assert stranger == gone == missing


def test_the_signed_out_are_refused(graphql: GraphQL, eve: User):
    assert graphql(SEE, {"id": gid(eve)}).code == "not_signed_in"
    assert graphql(NODE, {"id": gid(eve)}).code == "not_found"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, eve: User):
    assert graphql(SEE, {"id": gid(eve.profile)}, by=eve).code == "invalid_id"
