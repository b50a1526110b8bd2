"""Mutations of the photos and files of orders."""

from typing import Any

from apps.orders.models import OrderAttachment, OrderPhoto
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Person, Side
from tests.factories.orders import OrderFactory


def _order(client: Person) -> Any:
    return OrderFactory(client_profile=client.client)


def _photo(side: Side) -> str:
    return gid(OrderPhoto.objects.create(order=_order(side.me), photo_url="a.png"))


def _attachment(side: Side) -> str:
    file = {"file": "a.pdf", "name": "a.pdf", "content_type": "application/pdf", "size": 9}
    return gid(OrderAttachment.objects.create(order=_order(side.me), **file))


@valid("addOrderPhoto")
def _add_order_photo(side: Side) -> Input:
    return {"orderId": gid(_order(side.me)), "photo": File()}


@valid("updateOrderPhoto")
def _update_order_photo(side: Side) -> Input:
    return {"photoId": _photo(side), "caption": "It drips"}


@valid("removeOrderPhoto")
def _remove_order_photo(side: Side) -> Input:
    return {"photoId": _photo(side)}


@valid("addOrderAttachment")
def _add_order_attachment(side: Side) -> Input:
    return {"orderId": gid(_order(side.me)), "file": File()}


@valid("updateOrderAttachment")
def _update_order_attachment(side: Side) -> Input:
    return {"attachmentId": _attachment(side), "caption": "The plan"}


@valid("removeOrderAttachment")
def _remove_order_attachment(side: Side) -> Input:
    return {"attachmentId": _attachment(side)}
