"""The steps of orders: from where to where each leads, and how it is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.orders.models import UNDECIDED, Bid, Order, OrderDispute, Party
from apps.orders.services.bids import accept_bid
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.disputes import open_dispute, resolve_dispute
from apps.orders.services.expiry import expire_orders, extend_order
from apps.orders.services.orders import publish_order
from apps.orders.services.withdrawals import withdraw_from_order
from apps.orders.services.work import complete_order, confirm_order, start_order
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.orders import AssignmentFactory, BidFactory, DisputeFactory, OrderFactory

#: Where each step of an order may begin, and where it leads from there.
TABLE: dict[str, dict[str, str]] = {
    "publish": {"DRAFT": "PUBLISHED"},
    "expire": {"PUBLISHED": "EXPIRED"},
    "extend": {"EXPIRED": "PUBLISHED"},
    "assign": {"PUBLISHED": "ASSIGNED"},
    "reopen": {"ASSIGNED": "PUBLISHED"},
    "start": {"ASSIGNED": "IN_PROGRESS"},
    "complete": {"IN_PROGRESS": "COMPLETED"},
    "confirm": {"COMPLETED": "CONFIRMED"},
    "cancel": dict.fromkeys(("DRAFT", "PUBLISHED", "EXPIRED", "ASSIGNED"), "CANCELLED"),
    "cancel_by_staff": {
        **dict.fromkeys(("DRAFT", "PUBLISHED", "EXPIRED", "ASSIGNED"), "CANCELLED"),
        **dict.fromkeys(("IN_PROGRESS", "COMPLETED", "DISPUTED"), "CANCELLED"),
    },
    "dispute": dict.fromkeys(("ASSIGNED", "IN_PROGRESS", "COMPLETED"), "DISPUTED"),
}

#: What staff decide in a dispute, by where the order stood before it, and where that leads.
DECISIONS: dict[tuple[str, str, int | None], str] = {
    **{("DISMISSED", began, None): began for began in ("ASSIGNED", "IN_PROGRESS", "COMPLETED")},
    **{("REDO", began, None): "IN_PROGRESS" for began in ("ASSIGNED", "IN_PROGRESS", "COMPLETED")},
    ("REFUND", "COMPLETED", 40): "CONFIRMED",
    ("REFUND", "COMPLETED", 100): "CANCELLED",
}

#: Where somebody carries an order out.
CARRIED_OUT = ("ASSIGNED", "IN_PROGRESS", "COMPLETED", "CONFIRMED", "DISPUTED")


@dataclass(frozen=True)
class Scene:
    """An order in a status, with all that a step of it needs."""

    order: Order
    bid: Bid
    staff: User

    @staticmethod
    def set(status: str, client: Any = None) -> "Scene":
        """An order with a pending bid, of a client where one is given."""
        values = {"client_profile": client} if client else {}
        order = OrderFactory(status=status, bid_count=1, **values)
        if status in CARRIED_OUT:
            AssignmentFactory(bid__order=order)
            order.bid_count = 2
            order.save()
        if status == "DISPUTED":
            DisputeFactory(order=order)
        return Scene(order, BidFactory(order=order), UserFactory(is_staff=True))

    def take(self, step: str) -> None:
        """Take a step by its service; raises what that raises."""
        TAKEN[step](self)

    def decide(self, outcome: str, share: int | None) -> OrderDispute:
        """Decide the dispute about the order."""
        return resolve_dispute(
            dispute=self.order.disputes.get(status__in=UNDECIDED),
            by=self.staff,
            outcome=OrderDispute.Outcome(outcome),
            resolution="So be it.",
            refund_share=None if share is None else Decimal(share),
        )

    def expire(self) -> None:
        """Have its time be over, and the task run."""
        Order.objects.filter(pk=self.order.pk).update(expires_at=clock.now())
        expire_orders()

    def dispute(self) -> None:
        """Have its client dispute it."""
        open_dispute(
            order=self.order,
            by=self.order.client_profile.user_profile.user,
            dispute_type=OrderDispute.Type.OTHER,
            description="It went wrong.",
        )


#: How each step is taken.
TAKEN: dict[str, Callable[[Scene], object]] = {
    "publish": lambda scene: publish_order(order=scene.order),
    "expire": lambda scene: scene.expire(),
    "extend": lambda scene: extend_order(order=scene.order, until=clock.now() + timedelta(days=3)),
    "assign": lambda scene: accept_bid(bid=scene.bid),
    "reopen": lambda scene: withdraw_from_order(order=scene.order, reason="My van broke."),
    "start": lambda scene: start_order(order=scene.order),
    "complete": lambda scene: complete_order(order=scene.order),
    "confirm": lambda scene: confirm_order(order=scene.order),
    "cancel": lambda scene: cancel_order(order=scene.order),
    "cancel_by_staff": lambda scene: cancel_order(
        order=scene.order, reason="Fraud.", by=Party.STAFF
    ),
    "dispute": lambda scene: scene.dispute(),
}
