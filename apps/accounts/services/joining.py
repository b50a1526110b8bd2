"""Joining organizations."""

from django.db import transaction

from apps.accounts.models import User
from apps.organizations.models import Membership
from apps.organizations.services import invitations


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Membership:
    """Take a user into an organization by an invitation, whose link went to their address: that
    shows it to be theirs. Raises NotFound, InvitationForAnother, AlreadyMember.
    """
    membership = invitations.accept_invitation(token=token, user=user)
    User.objects.filter(pk=user.pk, email=user.email, is_email_verified=False).update(
        is_email_verified=True
    )
    return membership
