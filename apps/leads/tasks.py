"""Celery's entry points to leads."""

from celery import shared_task

from apps.leads.services import expiry, handing


@shared_task
def expire_leads() -> int:
    """Close the leads whose time is over, batch by batch; returns how many."""
    gone = 0
    while expired := expiry.expire_leads():
        gone += expired
    return gone


@shared_task
def expire_offers() -> int:
    """End the offers of leads whose time is over, batch by batch; returns of how many leads."""
    gone = 0
    while expired := handing.expire_offers():
        gone += expired
    return gone
