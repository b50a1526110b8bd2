"""Changing what one tells of oneself."""

from datetime import date
from typing import Any

import pytest
import time_machine

from apps.accounts.events import ProfileUpdated
from apps.accounts.models import User, UserProfile
from tests.factories.accounts import UserProfileFactory
from tests.factories.cast import Cast
from tests.factories.catalog import LanguageFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = """... on User { firstName lastName name description timezone timezoneDifference
  profile { version bio dateOfBirth gender address city state country postalCode latitude longitude
    preferredLanguage { code } userType notificationPreferences { email sms push } } }"""


def _update(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    return graphql.mutate("updateProfile", given, SELECT, by=by)


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_all_that_one_tells_is_kept(graphql: GraphQL, cast: Cast):
    noise, language = UserProfileFactory(bio="Noise"), LanguageFactory(code="fr")
    told = {
        "bio": "I fix things",
        "dateOfBirth": "1990-02-28",
        "gender": "FEMALE",
        "address": "1 Long Street",
        "city": "Cape Town",
        "state": "Western Cape",
        "country": "ZA",
        "postalCode": "8001",
        "latitude": -33.92,
        "longitude": 18.42,
    }
    own = {"firstName": "Benita", "lastName": "Botha", "description": "Hello"}

    with announced() as heard:
        answer = _update(
            graphql,
            cast.ben,
            **told,
            **own,
            timezone="Africa/Johannesburg",
            preferredLanguageId=gid(language),
            notificationPreferences={"sms": False},
        )

    assert answer.data["updateProfile"] == {
        "__typename": "User",
        **own,
        "name": "Benita Botha",
        "timezone": "Africa/Johannesburg",
        "timezoneDifference": 120,
        "profile": {
            **told,
            "version": 2,
            "preferredLanguage": {"code": "fr"},
            "userType": "CLIENT",
            "notificationPreferences": {"email": True, "sms": False, "push": True},
        },
    }
    assert heard == [ProfileUpdated(user_id=cast.ben.pk)]
    noise.refresh_from_db()
    assert (noise.bio, noise.version) == ("Noise", 1)


def test_what_is_left_out_stays_and_null_empties(graphql: GraphQL, cast: Cast):
    _update(graphql, cast.ben, bio="Words", city="Paarl", country="ZA", dateOfBirth="1990-02-28")

    answer = _update(graphql, cast.ben, city=None, dateOfBirth=None)

    profile = answer.data["updateProfile"]["profile"]
    assert (profile["bio"], profile["city"], profile["country"]) == ("Words", "", "ZA")
    assert profile["dateOfBirth"] is None


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"firstName": "Bo"}, "Bo"),
        ({"firstName": "Bo", "name": "Boss"}, "Boss"),
        ({"name": ""}, "Ben"),
        ({"bio": "Words"}, "Ben Botha"),
        ({"firstName": "B" * 80, "lastName": "C" * 80}, f"{'B' * 80} {'C' * 79}"),
    ],
)
def test_the_shown_name_follows_new_names_unless_it_is_given(
    graphql: GraphQL, cast: Cast, given: dict[str, str], name: str
):
    assert _update(graphql, cast.ben, **given).data["updateProfile"]["name"] == name


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"country": "XX"}, "unknown_country", "country"),
        ({"country": "za"}, "unknown_country", "country"),
        ({"country": "EU"}, "unknown_country", "country"),
        ({"timezone": "Mars/Base"}, "unknown_timezone", "timezone"),
        ({"timezone": None}, "unknown_timezone", "timezone"),
        ({"gender": None}, "null", "gender"),
        ({"dateOfBirth": "2026-03-03"}, "invalid_date_of_birth", "dateOfBirth"),
        ({"dateOfBirth": "1905-12-31"}, "invalid_date_of_birth", "dateOfBirth"),
        ({"latitude": 91.0, "longitude": 0.0}, "invalid_place", None),
        ({"latitude": 1.0}, "invalid_place", None),
        ({"firstName": "x" * 81}, "max_length", "firstName"),
        ({"name": "x" * 161}, "max_length", "name"),
        ({"postalCode": "1" * 21}, "max_length", "postalCode"),
        ({"version": 7, "bio": "Words"}, "version_conflict", "version"),
    ],
)
@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_what_cannot_be_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    by = cast.ben

    with nothing_changes():
        answer = _update(graphql, by, **given)

    assert (answer.code, answer.refusal["field"]) == (code, field)


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
@pytest.mark.parametrize("day", ["2026-03-02", "1906-01-01"])
def test_the_youngest_and_the_oldest_are_taken(graphql: GraphQL, cast: Cast, day: str):
    _update(graphql, cast.ben, dateOfBirth=day)

    assert UserProfile.objects.get(user=cast.ben).date_of_birth == date.fromisoformat(day)


def test_a_change_of_the_user_alone_raises_the_version_too(graphql: GraphQL, cast: Cast):
    first = _update(graphql, cast.ben, description="One", version=1)
    second = _update(graphql, cast.ben, description="Two", version=1)

    assert first.data["updateProfile"]["profile"]["version"] == 2
    assert second.code == "version_conflict"


def test_a_language_that_is_not_there_is_refused(graphql: GraphQL, cast: Cast):
    gone = LanguageFactory(code="xx")
    gone.soft_delete()
    by = cast.ben

    with nothing_changes():
        answer = _update(graphql, by, preferredLanguageId=gid(gone))

    assert answer.code == "not_found"


def test_the_phone_number_is_changed_by_verifying_it_alone(graphql: GraphQL, cast: Cast):
    answer = _update(graphql, cast.ben, phoneNumber="+27821234567")

    assert answer.code == "invalid_request"


def test_others_read_neither_settings_nor_place_nor_birth(graphql: GraphQL, cast: Cast):
    _update(
        graphql,
        cast.ben,
        gender="MALE",
        latitude=1.0,
        longitude=2.0,
        dateOfBirth="1990-01-01",
    )
    theirs = MembershipFactory(user=cast.ben)
    colleague = MembershipFactory(organization=theirs.organization).user

    answer = graphql(
        """query($id: ID!) { user(id: $id) { timezone blocked timezoneDifference
          profile { gender latitude longitude dateOfBirth notificationPreferences { email }
        } } }""",
        {"id": gid(cast.ben)},
        by=colleague,
    )

    assert answer.data["user"] == {
        "timezone": None,
        "blocked": None,
        "timezoneDifference": 0,
        "profile": dict.fromkeys(
            ("gender", "latitude", "longitude", "dateOfBirth", "notificationPreferences")
        ),
    }


def test_the_signed_out_change_nothing(graphql: GraphQL):
    assert _update(graphql, None, bio="Words").code == "not_signed_in"
