"""Lists over tables that grow without end find what is asked of them by an index.

A question of staff, who see all rows, is explained with sequential scans and sorts disabled: where
the planner still can do no better, there is no index for it. Add one to the model, or say below why
none is needed. What has few values is found while reading on in a list's own order.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User, UserProfile, UserVerification
from apps.accounts.services.sessions import start_session
from apps.providers.models import ServiceProviderProfile
from tests.architecture.guards.asking import conditions, lookup, orders
from tests.architecture.isolation import documents
from tests.factories.credits import PurchaseFactory
from tests.support.demo import demo_data
from tests.support.graphql import GraphQL
from tests.support.settled import settle

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

#: What an index is asked for, and the condition by which it is.
SCAN = re.compile(r"(?:using|Bitmap Index Scan on) (\w+)[^\n]*\n\s+Index Cond: (.*)")
SORT = re.compile(r"(?<!Incremental )Sort  ")
FEW = "has few values: each is that of many rows"
MOVING = "changes with each bid, message or review, and an index would be written with it"
WITHIN = "is asked within an object or a state, whose own index narrows it"
DECIDED = "is asked by staff alone, of what was decided a short while ago"
UNINDEXED = {
    ("organizations", "currency"): FEW,
    ("auditLog", "objectType"): FEW,
    ("providers", "country"): FEW,
    ("providers", "currency"): FEW,
    ("orders", "country"): FEW,
    ("orders", "isFeatured"): FEW,
    ("members", "status"): FEW,
    ("providers", "totalReviews"): MOVING,
    ("providers", "responseTimeMinutes"): MOVING,
    ("orders", "bidCount"): MOVING,
    ("chatRooms", "lastMessageAt"): MOVING,
    ("chatRooms", "title"): WITHIN,
    ("members", "joinedAt"): WITHIN,
    ("orders", "expiresAt"): WITHIN,
    ("bids", "expiresAt"): WITHIN,
    ("bids", "amount"): WITHIN,
    ("visits", "endsAt"): WITHIN,
    ("visits", "createdAt"): WITHIN,
    ("leads", "expiresAt"): WITHIN,
    ("leadMatches", "rank"): WITHIN,
    ("creditTransactions", "number"): WITHIN,
    ("providerDocuments", "expiresDate"): WITHIN,
    ("providerDocuments", "reviewedAt"): DECIDED,
    ("verifications", "reviewedAt"): DECIDED,
    ("disputes", "resolvedAt"): DECIDED,
    ("chatReports", "resolvedAt"): DECIDED,
}


@pytest.fixture(scope="module")
def staff(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The token of one who sees all of the demo data."""
    with demo_data(django_db_blocker):
        # Of these it has none.
        UserVerification.objects.bulk_create(
            UserVerification(user_profile=profile, verification_type="IDENTITY")
            for profile in UserProfile.objects.all()
        )
        # And of these too few to choose among indexes.
        for provider in ServiceProviderProfile.objects.all():
            PurchaseFactory(provider=provider)
        settle()
        yield start_session(user=User.objects.filter(is_superuser=True)[0]).access_token


@pytest.mark.parametrize(("name", "condition"), list(conditions()))
def test_a_filter_has_an_index(staff: str, name: str, condition: str):
    kind = documents.QUERIES[name].args["filter"].type
    document = f"query($filter: {kind}) {{ {name}(filter: $filter) {{ totalCount }} }}"

    found = explained(name, document, {"filter": {condition: lookup(name, condition)}}, staff)

    assert found
    assert all(map(is_narrowed, found)) != ((name, condition) in UNINDEXED), "\n".join(found)


@pytest.mark.parametrize(("name", "order"), list(orders()))
def test_an_order_has_an_index(staff: str, name: str, order: str):
    kind = documents.QUERIES[name].args["order"].type
    document = f"query($order: {kind}) {{ {name}(order: $order) {{ edges {{ cursor }} }} }}"

    found = explained(name, document, {"order": [{order: "DESC"}]}, staff)

    assert found
    assert all(map(is_in_order, found)) != ((name, order) in UNINDEXED), "\n".join(found)


def explained(name: str, document: str, variables: dict[str, Any], token: str) -> list[str]:
    """The plans of the statements that read the rows of a list."""
    model = documents.model_of(documents.listed(documents.QUERIES[name].type))
    with CaptureQueriesContext(connection) as captured:
        answer = GraphQL()(document, variables, token=token)
    assert "errors" not in answer.body, answer.body
    table = f'FROM "{model._meta.db_table}"'
    reads = [query["sql"] for query in captured.captured_queries if table in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plans = [_plan(cursor, sql) for sql in reads if sql.startswith("SELECT")]
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on")
    return plans


def _plan(cursor: Any, sql: str) -> str:
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())


def is_narrowed(plan: str) -> bool:
    """Whether rows are found by the first column of an index."""
    return any(leads(index, condition) for index, condition in SCAN.findall(plan))


def is_in_order(plan: str) -> bool:
    """Whether an index gives the order, or what is put in order is narrowed by one."""
    return not SORT.search(plan) or is_narrowed(plan)


def leads(index: str, condition: str) -> bool:
    """Whether a condition is about the first column, or the expression, of an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass, 1, true)", [index])
        (first,) = cursor.fetchone()
    return first in condition
