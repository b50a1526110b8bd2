"""Opening a business and saying where and how it works."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.profiles import create_provider_profile
from tests.factories.accounts import ClientFactory
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = """... on ServiceProviderProfile { businessName travelRadius country timeZone version
  isVerifiedProvider averageRating totalReviews responseTimeMinutes completionRate jobsCompleted
  serviceAreas { edges { node { name } } } }"""
REFUSED = [
    ({"travelRadius": 0}, "invalid_radius"),
    ({"travelRadius": -5}, "invalid_radius"),
    ({"travelRadius": 501}, "invalid_radius"),
    ({"travelRadius": None}, "invalid_radius"),
    ({"country": "XX"}, "unknown_country"),
    ({"country": "za"}, "unknown_country"),
    ({"timeZone": "Mars/Olympus"}, "unknown_timezone"),
    ({"timeZone": None}, "unknown_timezone"),
    ({"latitude": 91.0, "longitude": 0.0}, "invalid_place"),
    ({"latitude": 5.0, "longitude": None}, "invalid_place"),
    ({"latitude": 5.0, "longitude": -180.1}, "invalid_place"),
    ({"businessLicense": "7" * 101}, "max_length"),
]


def _create(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    given = {"businessName": "Pipes", "currency": "ZAR"} | given
    return graphql.mutate("createProviderProfile", given, SELECT, by=by)


def _update(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    return graphql.mutate("updateProviderProfile", given, SELECT, by=by)


def _newcomer() -> User:
    """One who has an organization and no business yet."""
    user: User = ClientFactory().user_profile.user
    MembershipFactory(user=user)
    return user


def test_a_business_opens_unverified_with_what_it_says(graphql: GraphQL, db: None):
    by, area = _newcomer(), AreaFactory()

    answer = _create(
        graphql,
        by,
        travelRadius=500,
        country="ZA",
        timeZone="Africa/Johannesburg",
        latitude=-33.9,
        longitude=18.4,
        businessLicense="GAS-7",
        serviceAreaIds=[gid(area)],
    )

    assert answer.data["createProviderProfile"] == {
        "__typename": "ServiceProviderProfile",
        "businessName": "Pipes",
        "travelRadius": 500,
        "country": "ZA",
        "timeZone": "Africa/Johannesburg",
        "version": 1,
        "isVerifiedProvider": False,
        "averageRating": "0.00",
        "totalReviews": 0,
        "responseTimeMinutes": None,
        "completionRate": "0.00",
        "jobsCompleted": 0,
        "serviceAreas": {"edges": [{"node": {"name": "Observatory"}}]},
    }
    assert ServiceProviderProfile.objects.get().business_license == "GAS-7"


@pytest.mark.parametrize(("given", "code"), REFUSED, ids=str)
def test_what_no_business_can_say_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    business, owner, newcomer = cast.ada_business, cast.ada, _newcomer()
    assert business

    with nothing_changes():
        codes = {_update(graphql, owner, **given).code, _create(graphql, newcomer, **given).code}

    assert codes == {code}


def test_what_is_not_given_stays(graphql: GraphQL, cast: Cast):
    business = cast.ada_business

    answer = _update(graphql, cast.ada, travelRadius=1, timeZone="Africa/Lagos")

    shown = answer.data["updateProviderProfile"]
    assert (shown["travelRadius"], shown["timeZone"], shown["country"]) == (1, "Africa/Lagos", "ZA")
    assert shown["businessName"] == business.business_name


def test_what_it_said_of_itself_is_read_back_by_itself_and_staff(graphql: GraphQL, cast: Cast):
    business = cast.ada_business
    _update(graphql, cast.ada, businessLicense="GAS-7", latitude=-33.9, longitude=18.4)
    own = "query($id: ID!) { provider(id: $id) { businessLicense latitude longitude } }"

    seen = {
        who: list(
            graphql(own, {"id": gid(business)}, by=getattr(cast, who)).data["provider"].values()
        )
        for who in ("ada", "dora", "cleo", "eve", "nobody")
    }

    told, nothing = ["GAS-7", -33.9, 18.4], [None] * 3
    assert seen == {"ada": told, "dora": told, "cleo": nothing, "eve": nothing, "nobody": nothing}


def test_a_stale_version_is_refused(graphql: GraphQL, cast: Cast):
    business, by = cast.ada_business, cast.ada
    assert business

    with nothing_changes():
        answer = _update(graphql, by, travelRadius=5, version=7)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize("deleted", [False, True])
def test_nobody_opens_a_second_business(graphql: GraphQL, cast: Cast, deleted: bool):
    business, by = cast.ada_business, cast.ada
    if deleted:
        business.soft_delete()

    with nothing_changes():
        answer = _create(graphql, by)

    assert answer.code == "profile_exists"


def test_a_business_belongs_to_an_organization_and_works_in_known_areas(
    graphql: GraphQL, cast: Cast
):
    alone, newcomer, gone = cast.ben, _newcomer(), AreaFactory()
    gone.soft_delete()

    with nothing_changes():
        without = _create(graphql, alone)
        nowhere = _create(graphql, newcomer, serviceAreaIds=[gid(gone)])
        nobody = _create(graphql, None)

    codes = (without.code, nowhere.code, nobody.code)
    assert codes == ("no_organization", "not_found", "not_signed_in")


def test_where_a_refusal_belongs_is_said(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    answer = _update(graphql, cast.ada, timeZone="Mars/Olympus")

    assert answer.refusal["field"] == "timeZone"


@pytest.mark.parametrize(
    ("who", "code"), [("ben", "no_provider_profile"), ("nobody", "not_signed_in")]
)
def test_only_ones_own_business_is_changed(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _update(graphql, by, travelRadius=5)

    assert answer.code == code


@pytest.mark.usefixtures("transactional_db")
def test_of_two_businesses_opened_at_once_one_is_there():
    user = _newcomer()
    organization = user.memberships.get().organization_id
    details = {"business_name": "Pipes", "currency": "ZAR"}

    outcomes = race(
        *[lambda: create_provider_profile(user=user, organization_id=organization, details=details)]
        * 4
    )

    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert sorted(codes, key=str) == [None, *["profile_exists"] * 3]
