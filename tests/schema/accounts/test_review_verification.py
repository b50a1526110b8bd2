"""Deciding claims of users, and reading them."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.errors import AlreadyReviewed
from apps.accounts.events import VerificationReviewed
from apps.accounts.models import User, UserVerification
from apps.accounts.services.sessions import start_session
from apps.accounts.services.verifications import review
from apps.core.events import MessageQueued
from apps.core.models import AuditEntry, OutboundMessage
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.community import EvidenceFactory, VerificationFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = "... on UserVerification { status adminNotes userProfile { isVerified } viewerCan }"
LIST = """query($filter: UserVerificationFilter) { verifications(filter: $filter) { totalCount
  edges { node { status verificationType adminNotes viewerCan
    evidence { edges { node { name url } } } } } } }"""


def _review(graphql: GraphQL, by: User | None, verification: Any, **given: Any) -> Answer:
    given = {"id": gid(verification), "approved": True} | given
    return graphql.mutate("reviewVerification", given, SELECT, by=by)


def _of_ben(cast: Cast, **given: Any) -> UserVerification:
    found: UserVerification = VerificationFactory(
        user_profile=cast.ben_client.user_profile, **given
    )
    return found


def _reviewer() -> User:
    user: User = UserFactory(is_staff=True)
    names = ["view_userverification", "change_userverification"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_an_approved_identity_is_noted_and_the_user_is_told(graphql: GraphQL, cast: Cast):
    verification, by, noise = _of_ben(cast), _reviewer(), VerificationFactory()

    with announced() as heard:
        answer = _review(graphql, by, verification, notes="Clear picture")

    verification.refresh_from_db()
    profile, message = verification.user_profile, OutboundMessage.objects.get()
    assert answer.data["reviewVerification"] == {
        "__typename": "UserVerification",
        "status": "APPROVED",
        "adminNotes": "Clear picture",
        "userProfile": {"isVerified": True},
        "viewerCan": ["reviewVerification"],
    }
    assert (verification.reviewed_by, profile.is_verified) == (by, True)
    assert profile.verification_date == date(2026, 3, 1)
    assert (message.recipient, message.template) == ("ben@example.org", "verification_reviewed")
    assert heard == [
        MessageQueued(message_id=message.pk),
        VerificationReviewed(
            user_id=cast.ben.pk,
            verification_id=verification.pk,
            verification_type="IDENTITY",
            approved=True,
        ),
    ]
    noise.refresh_from_db()
    assert noise.status == "PENDING"


@pytest.mark.parametrize(
    ("kind", "approved"), [("IDENTITY", False), ("ADDRESS", True), ("ADDRESS", False)]
)
def test_nothing_else_makes_a_profile_verified(
    graphql: GraphQL, cast: Cast, kind: str, approved: bool
):
    verification = _of_ben(cast, verification_type=kind)

    answer = _review(graphql, cast.dora, verification, approved=approved)

    assert answer.data["reviewVerification"]["status"] == ("APPROVED" if approved else "REJECTED")
    assert answer.data["reviewVerification"]["userProfile"] == {"isVerified": False}


def test_nobody_decides_twice_or_on_their_own_claim(graphql: GraphQL, cast: Cast):
    done = _of_ben(cast, status=UserVerification.Status.REJECTED)
    own, by = VerificationFactory(user=cast.dora), cast.dora

    with nothing_changes():
        again = _review(graphql, by, done)
        mine = _review(graphql, by, own)

    assert (again.code, mine.code) == ("already_reviewed", "own_verification")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_with_the_permission_decide(graphql: GraphQL, cast: Cast, who: str, code: str):
    verification, by = _of_ben(cast), getattr(cast, who)

    with nothing_changes():
        answer = _review(graphql, by, verification)

    assert answer.code == code


@pytest.mark.usefixtures("transactional_db")
def test_of_two_reviewers_at_once_one_decides():
    verification = VerificationFactory()
    reviewers = [UserFactory(is_staff=True) for _ in range(6)]

    outcomes = race(
        *[
            lambda by=by, number=number: review(
                verification=verification, by=by, approved=number % 2 == 0
            )
            for number, by in enumerate(reviewers)
        ]
    )

    late = [isinstance(outcome, AlreadyReviewed) for outcome in outcomes]
    verification.refresh_from_db()
    assert (late.count(False), late.count(True)) == (1, 5)
    assert verification.reviewed_by == reviewers[late.index(False)]
    assert OutboundMessage.objects.count() == 1


def test_one_reads_ones_own_and_staff_read_all(graphql: GraphQL, cast: Cast):
    _of_ben(cast, status="REJECTED", admin_notes="Too dark")
    VerificationFactory(verification_type="ADDRESS")

    counts = {
        who: graphql(LIST, by=getattr(cast, who)).data["verifications"]["totalCount"]
        for who in ("ben", "cleo", "eve", "dora")
    }
    own = graphql(LIST, by=cast.ben).data["verifications"]["edges"][0]["node"]
    pending = graphql(LIST, {"filter": {"status": "PENDING"}}, by=cast.dora)
    addresses = graphql(LIST, {"filter": {"verificationType": "ADDRESS"}}, by=cast.dora)

    assert counts == {"ben": 1, "cleo": 0, "eve": 0, "dora": 2}
    assert (own["adminNotes"], own["viewerCan"]) == ("Too dark", [])
    assert pending.data == addresses.data
    assert pending.data["verifications"]["totalCount"] == 1
    assert graphql(LIST).code == "not_signed_in"


def test_that_staff_looked_at_evidence_is_noted(graphql: GraphQL, cast: Cast):
    evidence = EvidenceFactory(verification=_of_ben(cast))
    looks = AuditEntry.objects.filter(action="READ", object_type="accounts.VerificationEvidence")

    graphql(LIST, by=cast.ben)
    before = looks.count()
    graphql(LIST, by=cast.dora)

    (look,) = looks
    assert before == 0
    assert (look.object_id, look.actor_id) == (evidence.pk, cast.dora.pk)


def test_a_long_list_costs_no_more_statements(graphql: GraphQL, cast: Cast):
    token = start_session(user=cast.dora).access_token

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            graphql(LIST, token=token)
        return len(captured)

    EvidenceFactory.create_batch(2)
    few = statements()
    EvidenceFactory.create_batch(10)

    assert statements() == few
