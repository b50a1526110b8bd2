"""Celery's entry points to orders."""

from uuid import UUID

from celery import shared_task

from apps.orders.services import bid_expiry, expiry, work


@shared_task
def start_confirmations() -> None:
    """Start the confirmation of work that no client answered for, a task for each order."""
    for order_id in work.unanswered_orders():
        confirm_unanswered.delay(order_id=str(order_id))


@shared_task
def confirm_unanswered(*, order_id: str) -> None:
    """Confirm the work on an order, where its client still has not answered."""
    work.confirm_unanswered(order_id=UUID(order_id))


@shared_task
def expire_bids() -> int:
    """Mark the bids that have expired, batch by batch; returns how many."""
    gone = 0
    while expired := bid_expiry.expire_bids():
        gone += expired
    return gone


@shared_task
def expire_orders() -> int:
    """Close the orders whose time is over to bids, batch by batch; returns how many."""
    gone = 0
    while expired := expiry.expire_orders():
        gone += expired
    return gone
