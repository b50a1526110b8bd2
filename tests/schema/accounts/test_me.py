"""Reading oneself."""

from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.support.graphql import GraphQL, gid

ME = """{ me { id email firstName name userType points isEmailVerified photoUrl
  profile { id city phoneNumber address postalCode dateOfBirth } } }"""


def test_one_reads_oneself_in_full(graphql: GraphQL):
    profile = UserProfileFactory(
        user__email="eve@example.org",
        city="Lagos",
        phone_number="+23412345678",
        address="3 Marina",
        postal_code="101001",
        date_of_birth="1990-01-02",
    )
    UserProfileFactory()

    me = graphql(ME, by=profile.user).data["me"]

    assert me == {
        "id": gid(profile.user),
        "email": "eve@example.org",
        "firstName": "Sam",
        "name": "Sam",
        "userType": "CLIENT",
        "points": 0,
        "isEmailVerified": False,
        "photoUrl": None,
        "profile": {
            "id": gid(profile),
            "city": "Lagos",
            "phoneNumber": "+23412345678",
            "address": "3 Marina",
            "postalCode": "101001",
            "dateOfBirth": "1990-01-02",
        },
    }


def test_the_signed_out_are_refused(graphql: GraphQL):
    UserFactory()

    assert graphql(ME).code == "not_signed_in"
