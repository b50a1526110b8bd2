"""Celery's entry points to credits."""

from celery import shared_task

from apps.credits.services import ledger


@shared_task
def expire_credits() -> int:
    """Take the credits that are due, batch by batch; returns how many lots went."""
    gone = 0
    while expired := ledger.expire_credits():
        gone += expired
    return gone
