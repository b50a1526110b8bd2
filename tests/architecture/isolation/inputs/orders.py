"""Mutations of orders."""

from typing import Any

from tests.architecture.isolation.actors import ADMIN, PARTY, PROVIDERS
from tests.architecture.isolation.actors import SIGNED_IN as REFERENCE
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Person, Side
from tests.factories.catalog import AddonFactory
from tests.factories.orders import AssignmentFactory, BidFactory, DisputeFactory, OrderFactory

AMOUNT = {"amount": "500.00", "currency": "ZAR"}


def _order(client: Person, **traits: Any) -> Any:
    return OrderFactory(client_profile=client.client, **traits)


def _work(client: Person, worker: Person, status: str) -> Any:
    """An order that a worker carries out, in a state."""
    order = _order(client, status=status)
    AssignmentFactory(bid=BidFactory(order=order, provider=worker.provider, accepted=True))
    return order


@valid(
    "createOrder",
    open_to={"serviceSubcategoryId": REFERENCE, "areaId": REFERENCE, "addons.addonId": REFERENCE},
)
def _create_order(side: Side) -> Input:
    addon = AddonFactory()
    return {
        "title": "The tap drips",
        "serviceSubcategoryId": gid(addon.subcategory),
        "areaId": gid(side.first("catalog.ServiceArea")),
        "addons": [{"addonId": gid(addon)}],
        "currency": "ZAR",
    }


@valid("updateOrder")
def _update_order(side: Side) -> Input:
    return {"id": gid(_order(side.me)), "title": "Two taps drip"}


@valid("publishOrder")
@valid("cancelOrder")
@valid("deleteOrder")
def _own_order(side: Side) -> Input:
    return {"orderId": gid(_order(side.me))}


@valid("addOrderPhoto")
def _add_order_photo(side: Side) -> Input:
    return {"orderId": gid(_order(side.me)), "photo": File()}


@valid("restoreOrder")
def _restore_order(side: Side) -> Input:
    order = _order(side.me)
    order.soft_delete()
    return {"orderId": gid(order)}


@valid("placeBid", open_to={"orderId": PROVIDERS})
def _place_bid(side: Side) -> Input:
    return {"orderId": gid(_order(side.other, published=True)), "amount": AMOUNT}


@valid("updateBid")
def _update_bid(side: Side) -> Input:
    return {"bidId": gid(_bid(side.other, side.me)), "amount": AMOUNT}


@valid("withdrawBid")
def _withdraw_bid(side: Side) -> Input:
    return {"bidId": gid(_bid(side.other, side.me))}


@valid("rejectBid")
@valid("acceptBid")
def _decide_bid(side: Side) -> Input:
    return {"bidId": gid(_bid(side.me, side.other))}


def _bid(client: Person, bidder: Person) -> Any:
    order = _order(client, published=True, bid_count=1)
    return BidFactory(order=order, provider=bidder.provider)


@valid("startOrder")
def _start_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.other, side.me, "ASSIGNED"))}


@valid("completeOrder")
def _complete_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.other, side.me, "IN_PROGRESS")), "notes": "Done."}


@valid("confirmOrder")
def _confirm_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.me, side.other, "COMPLETED"))}


@valid("openDispute", open_to={"orderId": frozenset({PARTY})})
def _open_dispute(side: Side) -> Input:
    order = _work(side.me, side.other, "IN_PROGRESS")
    return {"orderId": gid(order), "disputeType": "QUALITY", "description": "It still drips."}


@valid("resolveDispute", by=ADMIN)
def _resolve_dispute(side: Side) -> Input:
    dispute = DisputeFactory(order=_work(side.me, side.other, "DISPUTED"))
    return {"disputeId": gid(dispute), "outcome": "CONFIRMED", "resolution": "It is done."}
