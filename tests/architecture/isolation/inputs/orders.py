"""Mutations of orders."""

from datetime import timedelta
from typing import Any

from kernel import clock
from tests.architecture.isolation.actors import ADMIN, PROVIDERS
from tests.architecture.isolation.actors import SIGNED_IN as REFERENCE
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Person, Side
from tests.factories.catalog import AddonFactory, AreaFactory, PackageFactory
from tests.factories.orders import BidFactory, OrderFactory

AMOUNT = {"amount": "500.00", "currency": "ZAR"}


def _order(client: Person, **traits: Any) -> Any:
    return OrderFactory(client_profile=client.client, **traits)


@valid(
    "createOrder",
    open_to={
        "serviceSubcategoryId": REFERENCE,
        "areaId": REFERENCE,
        "packageId": REFERENCE,
        "addons.addonId": REFERENCE,
    },
)
def _create_order(side: Side) -> Input:
    return {"title": "The tap drips", "currency": "ZAR"} | _wanted()


@valid(
    "updateOrder",
    open_to={
        "serviceSubcategoryId": REFERENCE,
        "areaId": REFERENCE,
        "packageId": REFERENCE,
        "addons.addonId": REFERENCE,
    },
)
def _update_order(side: Side) -> Input:
    return {"id": gid(_order(side.me)), "title": "Two taps drip"} | _wanted()


def _wanted() -> Input:
    """A service with a package and an addon, in an area that counts in rand."""
    addon = AddonFactory()
    return {
        "serviceSubcategoryId": gid(addon.subcategory),
        "areaId": gid(AreaFactory()),
        "packageId": gid(PackageFactory(subcategory=addon.subcategory)),
        "addons": [{"addonId": gid(addon)}],
    }


@valid("extendOrder")
def _extend_order(side: Side) -> Input:
    until = clock.now() + timedelta(days=3)
    return {"orderId": gid(_order(side.me, status="EXPIRED")), "until": until.isoformat()}


@valid("featureOrder", by=ADMIN)
def _feature_order(side: Side) -> Input:
    return {"orderId": gid(_order(side.me)), "isFeatured": True}


@arguments("quoteService")
def _quote_service(world: Any) -> list[Input]:
    return [{"subcategoryId": gid(world.side.first("catalog.ServiceSubcategory"))}]


@valid("publishOrder")
@valid("deleteOrder")
def _own_order(side: Side) -> Input:
    return {"orderId": gid(_order(side.me))}


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
