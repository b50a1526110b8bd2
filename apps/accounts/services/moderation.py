"""Shutting accounts, and opening them again."""

from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import UserBlocked, UserUnblocked
from apps.accounts.models import User
from apps.accounts.services.sessions import revoke_sessions
from apps.core.models import AuditEntry
from apps.core.services import audit
from kernel import events


@transaction.atomic
def block_user(*, user: User, by: User, reason: str) -> User:
    """Shut an account: its sessions end at once, and nobody signs in to it.

    Raises OwnAccount, and SuperuserProtected where a superuser's account is another's to shut.
    """
    user = _moderated(user, by)
    if not user.blocked:
        user.blocked = True
        user.save(update_fields=["blocked"])
        audit.note(action=AuditEntry.Action.REVOKE, row=user, changes={"reason": reason})
        revoke_sessions(user_id=user.pk)
        events.publish(UserBlocked(user_id=user.pk))
    return user


@transaction.atomic
def unblock_user(*, user: User, by: User) -> User:
    """Open an account again; its user has to sign in. Raises what ``block_user`` raises."""
    user = _moderated(user, by)
    if user.blocked:
        user.blocked = False
        user.save(update_fields=["blocked"])
        audit.note(action=AuditEntry.Action.GRANT, row=user)
        events.publish(UserUnblocked(user_id=user.pk))
    return user


def _moderated(user: User, by: User) -> User:
    if user.pk == by.pk:
        raise errors.OwnAccount
    found: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if found.is_superuser and not by.is_superuser:
        raise errors.SuperuserProtected
    return found
