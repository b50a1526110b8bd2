"""What the services of an order's photos and files share."""

from typing import Any, TypeVar

from apps.orders import errors
from apps.orders.models import Order, OrderAttachment, OrderPhoto
from apps.orders.services.transitions import illegal, locked
from kernel.lookup import one_of
from kernel.models import require_version

#: How many photos an order has at most, and how many other files.
MOST = 10
#: While an order stands so, its photos and files may change.
OPEN = (Order.Status.DRAFT, Order.Status.PUBLISHED)

Part = TypeVar("Part", OrderPhoto, OrderAttachment)


def locked_open(order: Order) -> Order:
    """The order, locked; raises IllegalTransition where its parts are fixed."""
    order = locked(order)
    if order.status not in OPEN:
        raise illegal(order)
    return order


def require_room(parts: Any) -> None:
    """Raise TooManyFiles where an order has as many as it may have."""
    if parts.count() >= MOST:
        raise errors.TooManyFiles


def locked_part(part: Part, *, version: int | None = None) -> Part:
    """A photo or file as it stands now, its order locked before it.

    Raises NotFound, IllegalTransition or VersionConflict.
    """
    order = locked_open(part.order)
    found: Part = one_of(type(part).objects.select_for_update(of=("self",)), pk=part.pk)
    require_version(found, version)
    found.order = order
    return found
