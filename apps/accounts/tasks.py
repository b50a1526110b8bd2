"""Celery's entry points to accounts."""

from uuid import UUID

from celery import shared_task

from apps.accounts.services import challenges, deletion


@shared_task
def start_erasure() -> None:
    """Start the erasure of the accounts that were closed long ago, a task for each."""
    for user_id in deletion.due_accounts():
        erase_account.delay(user_id=str(user_id))


@shared_task
def erase_account(*, user_id: str) -> None:
    """Erase an account."""
    deletion.erase_account(user_id=UUID(user_id))


@shared_task
def forget_old_challenges() -> int:
    """Remove the codes and tokens past their time, batch by batch; returns how many."""
    gone = 0
    while removed := challenges.forget_expired():
        gone += removed
    return gone
