"""Among the orders, bids and users of fifty demos, what clients ask is found by its index."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from apps.accounts.demo import DEMO_ACCOUNTS
from apps.accounts.models import ClientProfile, User
from apps.orders.models import Bid, Order
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL, gid
from tests.support.plans import plans

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

ORDERS = """query($filter: OrderFilter, $order: [OrderOrder!]! = []) {
  orders(filter: $filter, order: $order) { edges { node { title status } } } }"""
BIDS = """query($filter: BidFilter) {
  bids(filter: $filter) { totalCount edges { node { amount { amount } } } } }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"""
NEWEST = {"order": [{"createdAt": "DESC"}]}


@pytest.fixture
def market(transactional_db: None) -> dict[str, Any]:
    """Fifty times the demo data, and what can be asked of it."""
    call_command("load_demo", "--scale", "50")
    # Who placed few: for those with a large share of all, reading on by age is as good.
    clients = ClientProfile.objects.filter(orders__status="CONFIRMED")
    client = clients.annotate(count=Count("orders")).order_by("count", "pk")[0]
    order = Order.objects.filter(bids__isnull=False).order_by("-bid_count", "pk")[0]
    return {
        "dora": UserFactory(is_staff=True, is_superuser=True),
        "client": client.user_profile.user,
        "client_id": gid(client),
        "service_id": gid(order.service_subcategory),
        "order_id": gid(order),
        "provider_id": gid(Bid.objects.filter(order=order).order_by("pk")[0].provider),
    }


def read(graphql: GraphQL, document: str, asked: dict[str, Any], by: Any, model: Any) -> list[str]:
    """The plans of the statements that read a model's rows for an answer with some."""
    with CaptureQueriesContext(connection) as captured:
        (answer,) = graphql(document, asked, by=by).data.values()
    assert answer.get("edges") or answer["__typename"] == "AuthPayload"
    found = plans(captured, model._meta.db_table)
    assert found
    return found


def test_what_clients_ask_is_found_by_its_index(market: dict[str, Any], subtests: Any) -> None:
    assert Order.objects.count() == 100_000
    assert User.objects.count() > 15_000
    assert Bid.objects.count() > 100_000

    for check in CHECKS:
        with subtests.test(check.__name__):
            check(GraphQL(), market)


def newest_orders(graphql: GraphQL, market: dict[str, Any]) -> None:
    """In the order of an index, all and those in a state."""
    for status, index in (("DISPUTED", "order_status_newest"), (None, "order_newest")):
        asked = NEWEST | ({"filter": {"status": status}} if status else {})

        (plan,) = read(graphql, ORDERS, asked, market["dora"], Order)

        assert f"Index Scan using {index}" in plan
        assert "Seq Scan on orders_order" not in plan


def orders_of_a_client(graphql: GraphQL, market: dict[str, Any]) -> None:
    """In a state, found by both."""
    asked = {"filter": {"clientId": market["client_id"], "status": "CONFIRMED"}}

    (plan,) = read(graphql, ORDERS, asked, market["dora"], Order)

    assert "order_client_status" in plan
    assert "Seq Scan on orders_order" not in plan


def orders_of_a_service(graphql: GraphQL, market: dict[str, Any]) -> None:
    """In a state, found by both."""
    service = {"id": {"exact": market["service_id"]}}
    asked = {"filter": {"serviceSubcategory": service, "status": "DISPUTED"}}

    (plan,) = read(graphql, ORDERS, asked, market["dora"], Order)

    assert "order_service_status" in plan
    assert "Seq Scan on orders_order" not in plan


def bid_of_a_provider(graphql: GraphQL, market: dict[str, Any]) -> None:
    """On an order, found by both."""
    order = {"id": {"exact": market["order_id"]}}
    asked = {"filter": {"order": order, "provider": {"id": {"exact": market["provider_id"]}}}}

    for plan in read(graphql, BIDS, asked, market["dora"], Bid):
        assert "bid_once" in plan or "bid_order_newest" in plan
        assert "Seq Scan on orders_bid" not in plan


def ones_own_orders(graphql: GraphQL, market: dict[str, Any]) -> None:
    """Without reading all."""
    (plan,) = read(graphql, ORDERS, {"filter": {"status": "CONFIRMED"}}, market["client"], Order)

    assert "Seq Scan on orders_order" not in plan


def who_signs_in(graphql: GraphQL, market: dict[str, Any]) -> None:
    """By the address."""
    account = {name: DEMO_ACCOUNTS[0][name] for name in ("email", "password")}

    for plan in read(graphql, SIGN_IN, {"input": account}, None, User):
        assert "Seq Scan on accounts_user " not in plan


CHECKS = (
    *(newest_orders, orders_of_a_client, orders_of_a_service),
    *(bid_of_a_provider, ones_own_orders, who_signs_in),
)
