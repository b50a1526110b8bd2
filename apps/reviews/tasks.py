"""Celery's entry points to reviews."""

from celery import shared_task

from apps.reviews.services import publishing


@shared_task
def reveal_reviews() -> int:
    """Show the reviews that were hidden long enough, batch by batch; returns how many."""
    shown = 0
    while revealed := publishing.reveal_due():
        shown += revealed
    return shown
