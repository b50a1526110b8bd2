"""Whatever fits the schema is answered: thousands of generated documents find no server error."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.orders import AssignmentFactory, BidFactory
from tests.factories.providers import OfferedServiceFactory
from tests.support.graphql import GraphQL

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
#: Documents in all, over all root fields.
CASES = 2_000

DECIMALS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False)
for name, values in {
    "Date": st.dates().map(str),
    "DateTime": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
    "Time": st.times().map(str),
    "Decimal": DECIMALS.map(str),
    "JSON": st.text(),
    "Upload": st.text(),
}.items():
    schemathesis.graphql.scalar(name, values.map(nodes.String))

schema = schemathesis.graphql.from_path(SDL)
OPERATIONS = [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def people(db: None) -> list[Any]:
    """Nobody, a client, a provider and one who may everything."""
    bid = BidFactory()
    AssignmentFactory()
    offer = OfferedServiceFactory(provider=bid.provider)
    admin = UserFactory(is_staff=True, is_superuser=True)
    ClientFactory(user=admin)
    return [None, bid.order.client_profile.user_profile.user, _user(offer.provider), admin]


def _user(provider: Any) -> Any:
    return provider.user_profile.user


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_document_makes_the_server_fail(
    operation: Any, people: list[Any], graphql: GraphQL
) -> None:
    @settings(
        max_examples=-(-CASES // len(OPERATIONS)),
        deadline=None,
        derandomize=True,
        database=None,
        # As found: making a document of this size smaller takes longer than reading it.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), by=st.sampled_from(people))
    def check(case: Any, by: Any) -> None:
        with transaction.atomic():
            answer = graphql(case.body, by=by)
            transaction.set_rollback(True)
        assert answer.status < 500, case.body
        assert "internal_error" not in json.dumps(answer.body), (case.body, answer.body)

    check()
