"""The server with two holes in it: everybody may see and follow every order."""

from typing import Any

import django

django.setup()

from apps.orders import access  # noqa: E402
from apps.orders.models import Order  # noqa: E402
from apps.orders.models.orders import OrderQuerySet  # noqa: E402
from server.asgi import application  # noqa: E402


def _everything(self: Any, _viewer: object) -> Any:
    return self


OrderQuerySet.visible_to = _everything  # type: ignore[method-assign]
access.order_visible_to = lambda _viewer, pk: Order.objects.get(pk=pk)

__all__ = ["application"]
