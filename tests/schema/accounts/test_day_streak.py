"""Signing in and staying in count days."""

import time_machine

from apps.accounts.services.accounts import new_user, sign_up
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL

PASSWORD = "correct horse battery"
ROW = "{ me { dayStreak maxDayStreak points } }"
REFRESH = """mutation($token: String!) { refreshSession(input: {refreshToken: $token}) {
  ... on AuthPayload { accessToken refreshToken } } }"""
SIGN_IN = """mutation { signIn(input: {email: "zoe@example.org", password: "%s"}) {
  ... on AuthPayload { accessToken refreshToken } } }"""


def test_who_signs_in_and_stays_in_makes_a_row_of_days(graphql: GraphQL, cast: Cast):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        sign_up(user=new_user(email="zoe@example.org", password=PASSWORD))
        tokens = graphql(SIGN_IN % PASSWORD).data["signIn"]
        for _ in range(6):
            clock.shift(86_400)
            token = {"token": tokens["refreshToken"]}
            tokens = graphql(REFRESH, token).data["refreshSession"]
        seen = graphql(ROW, token=tokens["accessToken"]).data["me"]

    assert seen == {"dayStreak": 7, "maxDayStreak": 7, "points": 25}


def test_who_signs_in_twice_on_a_day_comes_on_one_day(graphql: GraphQL, cast: Cast):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        first = graphql(ROW, by=cast.ben).data["me"]
        again = graphql(ROW, by=cast.ben).data["me"]

    assert first == again == {"dayStreak": 1, "maxDayStreak": 1, "points": 0}
