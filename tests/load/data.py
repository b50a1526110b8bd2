"""The demo data in a database of its own, which goes with the benchmark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from strawberry.relay import to_base64

from apps.accounts import tokens
from apps.accounts.models import ClientProfile, User
from apps.accounts.services.sessions import start_session
from apps.orders.models import Order
from apps.providers.models import ServiceProviderProfile
from kernel.viewer import Viewer
from tests.load.cases import FLAT, LOOK_UP, NESTED, PLACE_BID, Ask, Case

#: So many of the orders that most providers bid on become Ben's, who then has a full page.
ORDERS_OF_BEN = 60
#: Fresh published orders, of which each takes one bid.
ORDERS_FOR_BIDS = 60_000
BIDDERS = 100


@contextmanager
def empty_database() -> Iterator[str]:
    """The name of a new database without rows, dropped after the block."""
    name: str = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_load"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.settings_dict["NAME"]
    finally:
        _end_other_sessions()
        connection.creation.destroy_test_db(name, verbosity=0)


@contextmanager
def demo_database() -> Iterator[str]:
    """The name of a new database with the demo data, dropped after the block."""
    with empty_database() as name:
        call_command("load_demo")
        _give_orders(User.objects.get(email="ben@fundi.example"))
        _analyze()
        yield name


def reads() -> list[Case]:
    """The reads, by Ada the provider and Ben the client."""
    ada = User.objects.get(email="ada@fundi.example")
    token_of_ada = token(ada)
    seen = Order.objects.visible_to(Viewer(user=ada)).order_by("pk").values_list("pk", flat=True)
    look_ups = [Ask(token_of_ada, {"id": to_base64("Order", str(key))}) for key in seen[:200]]
    by_ben = [Ask(token(User.objects.get(email="ben@fundi.example")), {})]
    return [
        Case("Q1", "LookUp", LOOK_UP, look_ups),
        Case("Q2", "Nested", NESTED, by_ben),
        Case("Q3", "Flat", FLAT, [Ask(token_of_ada, {})]),
    ]


def bids() -> list[Case]:
    """The mutation: providers in turn, each time on another order.

    One provider alone would have thousands of bids after a while, which no provider has.
    """
    bearers = [token(user) for user in _bidders()]
    asks = [
        Ask(bearers[number % len(bearers)], _bid_on(key))
        for number, key in enumerate(_fresh_orders(ORDERS_FOR_BIDS))
    ]
    _analyze()
    return [Case("M1", "PlaceBid", PLACE_BID, asks, once=True)]


def token(user: User) -> str:
    """An access token of a new session."""
    return start_session(user=user).access_token


def users_by_token(cases: Sequence[Case]) -> dict[str, str]:
    """Whom the tokens of these cases stand for, by the sessions that they name."""
    found = {ask.token for case in cases for ask in case.asks}
    return {token: str(tokens.read(token).user_id) for token in found}


def _bid_on(key: Any) -> dict[str, Any]:
    amount = {"amount": "250.00", "currency": "ZAR"}
    return {"input": {"orderId": to_base64("Order", str(key)), "amount": amount}}


def _bidders() -> list[User]:
    verified = ServiceProviderProfile.objects.filter(is_verified_provider=True)
    users = verified.order_by("pk").values("user_profile__user")
    return list(User.objects.filter(pk__in=users[:BIDDERS]))


def _give_orders(ben: User) -> None:
    client = ClientProfile.objects.get(user_profile__user=ben)
    rows = Order.objects.order_by("-bid_count", "pk").values_list("pk", flat=True)
    most_bid_on = list(rows[:ORDERS_OF_BEN])
    Order.objects.filter(pk__in=most_bid_on).update(client_profile=client)


def _fresh_orders(count: int) -> list[Any]:
    """Published orders without bids, copied from those of Cape Town."""
    columns = [str(field.column) for field in Order._meta.local_concrete_fields]
    copied = [{"id": "gen_random_uuid()", "bid_count": "0"}.get(name, name) for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order ({', '.join(columns)})"
            f" SELECT {', '.join(copied)} FROM ("
            "   SELECT * FROM orders_order, generate_series(1, %(count)s)"
            "   WHERE status = 'PUBLISHED' AND currency = 'ZAR' AND NOT is_deleted"
            "   LIMIT %(count)s) AS old"
            " RETURNING id",
            {"count": count},
        )
        return [row[0] for row in cursor.fetchall()]


def _end_other_sessions() -> None:
    """Have nobody at the database but us: servers were killed, which it may not know yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
