"""How a business wants to get leads."""

from typing import Any

import pytest

from apps.leads.models import LeadPreference
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory
from tests.factories.providers import ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

WANTED = "... on LeadPreference { mode dailyCredits version provider { id } }"
OWN = "{ leadPreference { mode dailyCredits } }"


def _want(graphql: GraphQL, *, by: Any = None, **given: Any) -> Answer:
    return graphql.mutate("updateLeadPreference", given, WANTED, by=by)


def test_a_business_says_how_and_what_it_does_not_say_stays(graphql: GraphQL, cast: Cast):
    business = cast.ada_business

    with announced() as heard:
        first = _want(graphql, by=cast.ada, mode="CLAIM", dailyCredits=12)
        then = _want(graphql, by=cast.ada, mode="NONE", version=1)
        last = _want(graphql, by=cast.ada, dailyCredits=None, version=2)

    said = [answer.data["updateLeadPreference"] for answer in (first, then, last)]
    assert [(each["mode"], each["dailyCredits"], each["version"]) for each in said] == [
        ("CLAIM", 12, 1),
        ("NONE", 12, 2),
        ("NONE", None, 3),
    ]
    assert {each["provider"]["id"] for each in said} == {gid(business)}
    assert (LeadPreference.objects.count(), heard) == (1, [])


@pytest.mark.parametrize("mode", ["AUTOMATIC", "CLAIM"])
def test_who_does_not_say_how_gets_them_as_usual(graphql: GraphQL, cast: Cast, mode: str):
    SettingFactory(key="leads.mode", value=mode)
    assert cast.ada_business

    said = _want(graphql, by=cast.ada, dailyCredits=0).data["updateLeadPreference"]

    assert (said["mode"], said["dailyCredits"]) == (mode, 0)


def test_it_is_read_by_its_own_business(graphql: GraphQL, cast: Cast):
    LeadPreference.objects.create(provider=ProviderFactory(), mode="NONE")
    assert cast.ada_business

    before = graphql(OWN, by=cast.ada).data["leadPreference"]
    _want(graphql, by=cast.ada, mode="CLAIM")
    after = graphql(OWN, by=cast.ada).data["leadPreference"]

    assert (before, after) == (None, {"mode": "CLAIM", "dailyCredits": None})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"dailyCredits": -1}, "min_value"),
        ({"mode": None}, "null"),
        ({"mode": "CLAIM", "version": 7}, "version_conflict"),
    ],
    ids=["negative", "null", "version"],
)
def test_bad_input_is_refused(graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str):
    LeadPreference.objects.create(provider=cast.ada_business, mode="NONE")
    ada = cast.ada

    with nothing_changes():
        answer = _want(graphql, by=ada, **given)

    assert answer.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "no_provider_profile"),
        ("dora", "no_provider_profile"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_runs_no_business_wants_none(graphql: GraphQL, cast: Cast, who: str, code: str):
    user = getattr(cast, who)

    with nothing_changes():
        answer = _want(graphql, by=user, mode="NONE")
        read = graphql(OWN, by=user)

    assert (answer.code, read.code) == (code, code)


def test_what_another_business_wants_stays(graphql: GraphQL, cast: Cast):
    other = LeadPreference.objects.create(provider=cast.ada_business, mode="CLAIM")

    said = _want(graphql, by=cast.cleo, mode="NONE").data["updateLeadPreference"]

    other.refresh_from_db()
    assert (said["mode"], said["provider"]["id"]) != (other.mode, gid(cast.ada_business))
    assert other.mode == "CLAIM"
