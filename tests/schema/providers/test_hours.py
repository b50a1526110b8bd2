"""Saying when one works, and asking when others do."""

from datetime import datetime
from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.providers.models import ProviderHoursException, ProviderTimeOff
from apps.providers.services.hours import set_hours_exception
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.providers import HoursExceptionFactory, ProviderFactory, TimeOffFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SCHEDULE = {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
AVAILABILITY = "... on ServiceProviderProfile { isAvailable availabilitySchedule timeZone }"
OPENINGS = """query($id: ID!, $from: DateTime!, $until: DateTime!) {
  providerOpenings(providerId: $id, from: $from, until: $until) { startsAt endsAt } }"""
OWN = """query($id: ID!) { provider(id: $id) {
  hoursExceptions { edges { node { date hours } } }
  timeOff { edges { node { startsAt endsAt reason } } } } }"""


@pytest.fixture(autouse=True)
def evening() -> Any:
    """It is Sunday evening in UTC, and Monday in Tokyo."""
    with time_machine.travel("2026-03-01T20:00:00Z", tick=False):
        yield


def _set(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    given = {"date": "2026-03-02", "hours": [["10:00", "12:00"]]} | given
    select = "... on ProviderHoursException { date hours }"
    return graphql.mutate("setHoursException", given, select, by=by)


def _away(graphql: GraphQL, by: User | None, **given: Any) -> Answer:
    given = {"startsAt": "2026-03-02T00:00:00Z", "endsAt": "2026-03-09T00:00:00Z"} | given
    select = "... on ProviderTimeOff { startsAt endsAt reason }"
    return graphql.mutate("addTimeOff", given, select, by=by)


def test_weekly_hours_have_a_zone(graphql: GraphQL, cast: Cast):
    assert cast.ada_business
    given = {"isAvailable": True, "schedule": SCHEDULE, "timeZone": "Africa/Johannesburg"}

    answer = graphql.mutate("setProviderAvailability", given, AVAILABILITY, by=cast.ada)
    away = graphql.mutate(
        "setProviderAvailability", {"isAvailable": False}, AVAILABILITY, by=cast.ada
    )

    kept = {"availabilitySchedule": SCHEDULE, "timeZone": "Africa/Johannesburg"}
    shown = answer.data["setProviderAvailability"]
    assert shown == kept | {"isAvailable": True, "__typename": "ServiceProviderProfile"}
    assert away.data["setProviderAvailability"] == shown | {"isAvailable": False}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"timeZone": "Mars/Olympus"}, "unknown_timezone"),
        ({"timeZone": ""}, "unknown_timezone"),
        ({"timeZone": "../../etc/passwd"}, "unknown_timezone"),
        ({"schedule": {"mon": [["12:00", "08:00"]]}}, "invalid_schedule"),
        ({"schedule": {"monday": []}}, "invalid_schedule"),
        ({"schedule": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "invalid_schedule"),
        ({"schedule": {"mon": [["08:00", "25:00"]]}}, "invalid_schedule"),
        ({"schedule": [1]}, "invalid_schedule"),
    ],
)
def test_hours_that_nobody_can_keep_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    business, by = cast.ada_business, cast.ada
    assert business

    with nothing_changes():
        answer = graphql.mutate("setProviderAvailability", {"isAvailable": True} | given, by=by)

    assert answer.code == code


def test_a_day_has_its_own_hours_and_later_others(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    first = _set(graphql, cast.ada)
    second = _set(graphql, cast.ada, hours=[])

    assert first.data["setHoursException"]["hours"] == [["10:00", "12:00"]]
    assert second.data["setHoursException"]["hours"] == []
    assert ProviderHoursException.objects.get().version == 2


@pytest.mark.parametrize(
    ("zone", "day", "refused"),
    [
        ("UTC", "2026-03-01", False),
        ("UTC", "2026-02-28", True),
        ("Asia/Tokyo", "2026-03-01", True),
        ("Asia/Tokyo", "2026-03-02", False),
    ],
)
def test_a_day_that_is_over_where_the_provider_is_stays_as_it_was(
    graphql: GraphQL, cast: Cast, zone: str, day: str, refused: bool
):
    business = cast.ada_business
    business.time_zone = zone
    business.save()

    answer = _set(graphql, cast.ada, date=day)

    refusal = answer.code if "messages" in answer.data["setHoursException"] else None
    assert refusal == ("date_past" if refused else None)
    assert ProviderHoursException.objects.exists() != refused


@pytest.mark.parametrize(
    "hours",
    [
        [["08:00", "12:00"], ["11:00", "13:00"]],
        [["12:00", "08:00"]],
        [["8", "9"]],
        "08:00",
        {"a": 1},
        [[]],
        5,
    ],
    ids=str,
)
def test_hours_of_a_day_that_are_none_are_refused(graphql: GraphQL, cast: Cast, hours: Any):
    business, by = cast.ada_business, cast.ada
    assert business

    with nothing_changes():
        answer = _set(graphql, by, hours=hours)

    assert answer.code == "invalid_schedule"


def test_the_hours_of_the_week_come_back(graphql: GraphQL, cast: Cast):
    day, noise = HoursExceptionFactory(provider=cast.ada_business), HoursExceptionFactory()

    answer = graphql.mutate("removeHoursException", {"id": gid(day)}, by=cast.ada)

    assert answer.data["removeHoursException"]["__typename"] == "ServiceProviderProfile"
    assert list(ProviderHoursException.objects.all()) == [noise]


@pytest.mark.usefixtures("transactional_db")
def test_of_many_hours_for_a_day_at_once_one_remains(cast: Cast):
    business = cast.ada_business

    outcomes = race(
        *[
            lambda hour=hour: set_hours_exception(
                provider=business, date=clock.today(), hours=[[f"{hour:02}:00", "23:00"]]
            )
            for hour in range(8)
        ]
    )

    assert all(isinstance(outcome, ProviderHoursException) for outcome in outcomes)
    assert ProviderHoursException.objects.count() == 1


def test_time_off_is_taken_and_given_back(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    answer = _away(graphql, cast.ada, reason="Sea")
    time_off = ProviderTimeOff.objects.get()
    back = graphql.mutate("removeTimeOff", {"id": gid(time_off)}, by=cast.ada)

    assert answer.data["addTimeOff"] == {
        "__typename": "ProviderTimeOff",
        "startsAt": "2026-03-02T00:00:00.000000+00:00",
        "endsAt": "2026-03-09T00:00:00.000000+00:00",
        "reason": "Sea",
    }
    assert back.data["removeTimeOff"]["__typename"] == "ServiceProviderProfile"
    assert not ProviderTimeOff.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"startsAt": "2026-02-28T23:00:00Z"}, "invalid_time_off"),
        (
            {"startsAt": "2026-03-01T01:00:00Z", "endsAt": "2026-03-01T20:00:00Z"},
            "invalid_time_off",
        ),
        ({"endsAt": "2027-03-04T00:00:00Z"}, "invalid_time_off"),
        ({"endsAt": "2026-03-02T00:00:00Z"}, "invalid_range"),
        ({"endsAt": "2026-03-01T23:00:00Z"}, "invalid_range"),
        ({"reason": "x" * 201}, "max_length"),
    ],
    ids=["before today", "over", "more than a year", "nothing", "turned round", "long reason"],
)
def test_time_off_that_is_none_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    business, by = cast.ada_business, cast.ada
    assert business

    with nothing_changes():
        answer = _away(graphql, by, **given)

    assert answer.code == code


def test_one_can_be_away_from_today_on_and_for_a_year(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    now = _away(graphql, cast.ada, startsAt="2026-03-01T08:00:00Z")
    year = _away(graphql, cast.ada, endsAt="2027-03-03T00:00:00Z")

    for answer in (now, year):
        assert answer.data["addTimeOff"]["__typename"] == "ProviderTimeOff"


@pytest.mark.parametrize(
    ("who", "code"),
    [("ben", "no_provider_profile"), ("dora", "no_provider_profile"), ("nobody", "not_signed_in")],
)
def test_only_those_with_a_business_have_hours(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        codes = {
            graphql.mutate("setProviderAvailability", {"isAvailable": False}, by=by).code,
            _set(graphql, by).code,
            _away(graphql, by).code,
        }

    assert codes == {code}


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")],
)
def test_nobody_else_changes_ones_hours(graphql: GraphQL, cast: Cast, who: str, code: str):
    day = HoursExceptionFactory(provider=cast.ada_business)
    time_off = TimeOffFactory(provider=cast.ada_business)
    by = getattr(cast, who)

    with nothing_changes():
        first = graphql.mutate("removeHoursException", {"id": gid(day)}, by=by)
        second = graphql.mutate("removeTimeOff", {"id": gid(time_off)}, by=by)

    assert (first.code, second.code) == (code, code)


def test_why_somebody_is_away_is_for_themselves(graphql: GraphQL, cast: Cast):
    HoursExceptionFactory(provider=cast.ada_business)
    TimeOffFactory(provider=cast.ada_business, reason="Surgery")
    ask = {"id": gid(cast.ada_business)}

    seen = {
        who: graphql(OWN, ask, by=getattr(cast, who)).data["provider"]
        for who in ("ada", "dora", "cleo", "eve", "nobody")
    }

    counts = {
        who: [len(shown[name]["edges"]) for name in ("hoursExceptions", "timeOff")]
        for who, shown in seen.items()
    }
    assert counts == {
        "ada": [1, 1],
        "dora": [1, 1],
        "cleo": [0, 0],
        "eve": [0, 0],
        "nobody": [0, 0],
    }
    assert seen["ada"]["timeOff"]["edges"][0]["node"]["reason"] == "Surgery"


def test_anyone_asks_when_a_provider_is_at_work(graphql: GraphQL):
    provider = ProviderFactory(availability_schedule=SCHEDULE, time_zone="Asia/Tokyo")
    TimeOffFactory(
        provider=provider, starts_at="2026-03-02T05:00:00Z", ends_at="2026-03-02T06:00:00Z"
    )
    ask = {"id": gid(provider), "from": "2026-03-01T00:00:00Z", "until": "2026-03-08T00:00:00Z"}

    answer = graphql(OPENINGS, ask)

    spans = [
        [datetime.fromisoformat(each[name]).strftime("%d %H:%M") for name in ("startsAt", "endsAt")]
        for each in answer.data["providerOpenings"]
    ]
    assert spans == [
        ["01 23:00", "02 03:00"],
        ["02 04:00", "02 05:00"],
        ["02 06:00", "02 08:00"],
    ]


def test_an_instant_without_an_offset_is_one_in_utc(graphql: GraphQL, cast: Cast):
    provider = ProviderFactory(availability_schedule=SCHEDULE)
    assert cast.ada_business

    asked = graphql(
        OPENINGS, {"id": gid(provider), "from": "2026-03-02T09:00", "until": "2026-03-02T10:00"}
    )
    taken = _away(graphql, cast.ada, startsAt="2026-03-02T00:00:00")

    assert asked.data["providerOpenings"][0]["startsAt"] == "2026-03-02T09:00:00.000000+00:00"
    assert taken.data["addTimeOff"]["startsAt"] == "2026-03-02T00:00:00.000000+00:00"


def test_what_cannot_be_asked_about_is_refused(graphql: GraphQL):
    provider, gone = ProviderFactory(), ProviderFactory()
    gone.soft_delete()
    ask = {"id": gid(provider), "from": "2026-03-01T00:00:00Z", "until": "2026-04-02T00:00:00Z"}
    short = ask | {"until": "2026-03-02T00:00:00Z"}

    too_long = graphql(OPENINGS, ask)
    deleted = graphql(OPENINGS, short | {"id": gid(gone)})
    other = graphql(OPENINGS, short | {"id": gid(provider.organization)})

    assert (too_long.code, deleted.code, other.code) == (
        "invalid_window",
        "not_found",
        "invalid_id",
    )
