"""Holes that are planted are found: whoever looks for leaks has to be able to see one."""

import logging
from typing import Any

import pytest
from django.core.mail import send_mail
from django.db.models import Q

from apps.accounts.models import User
from apps.orders.models import Bid, Order, Party
from apps.orders.models.orders import OrderQuerySet
from apps.orders.services import cancelling
from apps.orders.services import orders as order_services
from kernel.actions import Actions
from kernel.errors import NotAllowed
from kernel.lookup import one_of
from schema.base import nodes
from schema.orders.types import orders as types
from tests.architecture.isolation import calling, grants, outside, rows, topics
from tests.architecture.isolation.actors import MEMBER, PARTY, STRANGER
from tests.architecture.isolation.calling import MissingInput
from tests.architecture.isolation.following import leaks_of_subscription
from tests.architecture.isolation.reading import leaks_of_nodes, leaks_of_query
from tests.architecture.isolation.world import MissingRow, World
from tests.architecture.isolation.writing import leaks_of_mutation

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

Patch = pytest.MonkeyPatch
#: Those who look here.
SOME = (MEMBER, STRANGER, PARTY)


def everything(self: Any, _viewer: object) -> Any:
    """A rule that hides nothing."""
    return self


def without(column: str) -> tuple[grants.Grant, ...]:
    """The grants, less a column of orders: what the product shows of it is then a leak."""
    return tuple(
        grants.Grant(g.model, g.situation, g.columns.replace(f" {column}", ""), g.to)
        for g in grants.GRANTS
    )


def test_rows_without_a_rule_are_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(OrderQuerySet, "visible_to", everything)

    by_list = leaks_of_query(world, "orders", by=SOME)
    by_id = leaks_of_nodes(world, "Order", by=SOME)

    assert f"{STRANGER}: Query.orders shows orders.Order.title (own of owner)" in by_list
    assert f"{MEMBER}: nodes of Order shows orders.Order.title (own of owner)" in by_id
    assert f"{MEMBER}: node of Order shows orders.Order.id (own of owner)" in by_id


def test_a_column_without_a_rule_is_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(types.is_party, "__code__", (lambda viewer: Q(pk__isnull=False)).__code__)

    found = leaks_of_query(world, "orders", by=SOME)

    for column in ("location", "postal_code", "latitude", "final_price"):
        leak = f"Query.orders shows orders.Order.{column} (published of owner)"
        assert f"{STRANGER}: {leak}" in found
        assert f"{PARTY}: {leak}" in found


def test_a_hidden_row_that_differs_from_a_missing_one_is_found(world: World, monkeypatch: Patch):
    seen = nodes.find

    def told(model: Any, pk: Any, info: Any) -> Any:
        found = seen(model, pk, info)
        if found is None and model._base_manager.filter(pk=pk).exists():
            raise NotAllowed
        return found

    monkeypatch.setattr(nodes, "find", told)

    found = leaks_of_nodes(world, "Bid", by=SOME)

    assert any(f"{STRANGER}: node tells a hidden Bid from a missing one" in leak for leak in found)


def test_a_filter_by_a_hidden_column_is_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(grants, "GRANTS", without("city"))

    found = leaks_of_query(world, "orders", by=SOME)

    assert any(f"{STRANGER}: Query.orders(filter: city) tells of" in leak for leak in found)


def test_a_search_in_a_hidden_column_is_found(world: World, monkeypatch: Patch):
    known = tuple(grant for grant in grants.GRANTS if grant.model != "accounts.User")
    monkeypatch.setattr(grants, "GRANTS", known)

    found = leaks_of_query(world, "members", by=(MEMBER,))

    leak = "Query.members(search:) tells of accounts.User.name (owner of owner)"
    assert f"{MEMBER}: {leak}" in found


def test_an_order_by_a_hidden_column_is_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(grants, "GRANTS", without("bid_count"))

    found = leaks_of_query(world, "orders", by=SOME)

    assert f"{STRANGER}: Query.orders(order: bidCount) ranks rows by a hidden column" in found


def unasked(self: Actions, _viewer: object, _action: str, pk: Any) -> Any:
    """The row of a key, whoever asks."""
    return self.model._base_manager.get(pk=pk)


def test_a_mutation_that_does_not_ask_whose_it_is_is_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(Actions, "permit", unasked)

    found = leaks_of_mutation(world, "cancelOrder")

    assert f"{MEMBER}: cancelOrder was refused, and yet changed a orders.Order" in found
    assert f"{STRANGER}: cancelOrder was refused, and yet changed a orders.Order" in found


def test_a_mutation_that_works_for_others_is_found(world: World, monkeypatch: Patch):
    monkeypatch.setattr(OrderQuerySet, "visible_to", everything)
    monkeypatch.setattr(Actions, "permit", unasked)

    found = leaks_of_mutation(world, "cancelOrder")

    assert f"{STRANGER}: cancelOrder works with orderId" in found
    assert f"{MEMBER}: cancelOrder works with orderId" in found


def test_a_mutation_that_looks_before_it_asks_is_found(world: World, monkeypatch: Patch):
    def hasty(_self: Actions, _viewer: object, _action: str, pk: Any) -> Any:
        bid = one_of(Bid.objects.all(), pk=pk)
        order_services.publish_order(order=bid.order)

    monkeypatch.setattr(Actions, "permit", hasty)

    found = leaks_of_mutation(world, "rejectBid")

    leak = "rejectBid does not ask first whose bidId it is: illegal_transition"
    assert f"{STRANGER}: {leak}" in found
    assert any(leak.startswith(f"{STRANGER}: rejectBid tells a hidden bidId") for leak in found)


def test_a_mail_to_the_wrong_address_is_found(world: World, monkeypatch: Patch):
    title = world.side.first("orders.Order", "own").pk
    told = Order.objects.get(pk=title).title
    stranger = User.objects.get(pk=world.actors[STRANGER].user.pk).email

    def tell_tales(*, order: Order, reason: str, by: Party) -> Order:
        send_mail("News", told, None, [stranger])
        return order

    monkeypatch.setattr(cancelling, "cancel_order", tell_tales)

    found = leaks_of_mutation(world, "cancelOrder")

    assert f"cancelOrder sends orders.Order.title (own of owner) to {STRANGER}" in found


def test_a_value_in_the_log_is_found(world: World):
    order = Order.objects.get(pk=world.side.first("orders.Order", "own").pk)

    with outside.logged() as lines:
        logging.getLogger("fundi").warning("Order %s: %s", order.pk, order.title)

    (leak,) = outside.leaks_of_log(world, lines)
    assert leak.startswith("The log tells orders.Order.title in: ")


@pytest.mark.parametrize(
    ("known", "name", "search"),
    [
        (calling.VALID, "placeBid", leaks_of_mutation),
        (topics.TOPICS, "orderEvents", lambda world, name: leaks_of_subscription(world, "", name)),
    ],
)
def test_a_root_field_without_a_fixture_says_where_it_belongs(
    world: World, monkeypatch: Patch, known: dict[str, Any], name: str, search: Any
):
    calling.load()
    monkeypatch.delitem(known, name)

    with pytest.raises(MissingInput, match=rf"{name}.*isolation/(inputs\.|topics\.py)"):
        search(world, name)


def test_a_model_without_a_row_says_where_it_belongs(world: World, monkeypatch: Patch):
    def clueless(_model: Any, _side: Any) -> None:
        raise ValueError

    monkeypatch.delitem(rows._makers, "providers.ServiceProviderService")
    monkeypatch.setattr(rows, "guess", clueless)

    with pytest.raises(MissingRow, match=r"ServiceProviderService.*isolation/rows\.py"):
        World()
