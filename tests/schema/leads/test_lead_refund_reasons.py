"""For which reasons what a lead cost can be asked back."""

from typing import Any

import pytest

from apps.leads.models import LeadRefundReason
from apps.leads.services.refund_reasons import ensure_refund_reasons
from tests.factories.cast import Cast
from tests.factories.refunds import RefundReasonFactory
from tests.support.graphql import GraphQL

LIST = """query($filter: LeadRefundReasonFilter, $order: [LeadRefundReasonOrder!]) {
  leadRefundReasons(filter: $filter, order: $order) {
    totalCount edges { node { code name description rule needsEvidence isActive } }
  }
}"""


def _listed(graphql: GraphQL, user: Any, **variables: Any) -> list[dict[str, Any]]:
    found = graphql(LIST, variables, by=user).data["leadRefundReasons"]
    return [edge["node"] for edge in found["edges"]]


def test_the_usual_ones_are_there_with_what_decides(graphql: GraphQL, cast: Cast):
    LeadRefundReason.objects.all().delete()
    added = ensure_refund_reasons()

    found = _listed(graphql, cast.ada)

    assert sorted((each["code"], each["rule"], each["needsEvidence"]) for each in found) == [
        ("cancelled", "CANCELLED", False),
        ("duplicate", "DUPLICATE", False),
        ("out_of_area", "STAFF", True),
        ("spam", "STAFF", True),
        ("unreachable", "STAFF", True),
        ("wrong_number", "UNDELIVERED", True),
    ]
    assert sorted(added) == [each["code"] for each in sorted(found, key=lambda e: e["code"])]
    assert ensure_refund_reasons() == []


def test_what_administrators_changed_stays(graphql: GraphQL, cast: Cast):
    LeadRefundReason.objects.all().delete()
    RefundReasonFactory(code="spam", name="Rubbish", needs_evidence=False)

    ensure_refund_reasons()

    named = {each["code"]: each["name"] for each in _listed(graphql, cast.ada)}
    assert (named["spam"], len(named)) == ("Rubbish", 6)


@pytest.mark.parametrize(
    ("who", "codes"),
    [("ada", ["used"]), ("ben", ["used"]), ("cleo", ["used"]), ("dora", ["unused", "used"])],
)
def test_those_out_of_use_are_for_staff(graphql: GraphQL, cast: Cast, who: str, codes: list[str]):
    LeadRefundReason.objects.all().delete()
    RefundReasonFactory(code="used")
    RefundReasonFactory(code="unused", is_active=False)

    found = _listed(graphql, getattr(cast, who))

    assert sorted(each["code"] for each in found) == codes


def test_the_signed_out_are_refused(graphql: GraphQL):
    assert graphql(LIST).code == "not_signed_in"


def test_they_come_in_their_order(graphql: GraphQL, cast: Cast):
    LeadRefundReason.objects.all().delete()
    for code, place in (("b", 2), ("c", 3), ("a", 1)):
        RefundReasonFactory(code=code, sort_order=place)

    found = _listed(graphql, cast.ada, order=[{"sortOrder": "ASC"}])

    assert [each["code"] for each in found] == ["a", "b", "c"]
