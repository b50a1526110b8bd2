"""Inviting people by mail, and taking them in.

The token stands in the mail alone; what is stored is its hash.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from apps.core.services.outbox import send_mail
from apps.organizations import errors
from apps.organizations.events import InvitationRevoked, MemberInvited, MemberJoined
from apps.organizations.models import Invitation, Membership, Organization, Role
from apps.organizations.selectors import digest, open_invitations
from apps.organizations.services.organizations import locked
from kernel import clock, events
from kernel.lookup import one_of


@transaction.atomic
def invite_member(
    *, organization: Organization, role: Role, email: str, by: Any, language: str = "en"
) -> Invitation:
    """Offer somebody a place in an organization, by a mail in a language.

    Raises AlreadyMember, AlreadyInvited while an invitation to the address is good, NotFound for a
    role that is gone, or ValidationError for a bad address.
    """
    organization, email = locked(organization.pk), email.strip().lower()
    one_of(Role.objects.all(), pk=role.pk)
    _refuse_members(organization, email)
    now = clock.now()
    waiting = Invitation.objects.filter(
        organization=organization, email__iexact=email, accepted_at=None, revoked_at=None
    )
    if waiting.filter(expires_at__gt=now).exists():
        raise errors.AlreadyInvited
    waiting.update(revoked_at=now)
    invitation = Invitation(organization=organization, role=role, email=email, invited_by=by)
    token = _renew(invitation)
    invitation.full_clean(exclude=["accepted_at", "revoked_at"])
    invitation.save()
    _send(invitation, token, language)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, language: str = "en") -> Invitation:
    """Send an invitation again, with a new link and as much time as at first: the old link is
    good no more. Raises InvitationClosed, or NotFound, also for a role that is gone.
    """
    invitation = _locked(invitation)
    one_of(Role.objects.all(), pk=invitation.role_id)
    token = _renew(invitation)
    invitation.save(update_fields=["token_hash", "expires_at"])
    _send(invitation, token, language)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation) -> Invitation:
    """Take an invitation back. Raises InvitationClosed, or NotFound."""
    invitation = _locked(invitation)
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    events.publish(
        InvitationRevoked(organization_id=invitation.organization_id, invitation_id=invitation.pk)
    )
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, user: Any) -> Membership:
    """Take a user in by an invitation that was sent to their address. It works once.

    Raises NotFound for a token that is none, or good no more, InvitationForAnother, AlreadyMember.
    """
    seen: Invitation = one_of(open_invitations(token))
    locked(seen.organization_id)
    # Again, now that nobody else can accept it or take it back.
    invitation: Invitation = one_of(open_invitations(token))
    if invitation.email.lower() != user.email.lower():
        raise errors.InvitationForAnother
    if Membership.objects.filter(organization=invitation.organization_id, user=user).exists():
        raise errors.AlreadyMember
    membership: Membership = Membership.objects.create(
        organization_id=invitation.organization_id, user=user, role_id=invitation.role_id
    )
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    events.publish(
        MemberJoined(
            organization_id=membership.organization_id,
            user_id=membership.user_id,
            membership_id=membership.pk,
            invitation_id=invitation.pk,
        )
    )
    return membership


def _refuse_members(organization: Organization, email: str) -> None:
    known = get_user_model().objects.filter(email=email)
    if Membership.objects.filter(organization=organization, user__in=known).exists():
        raise errors.AlreadyMember


def _locked(invitation: Invitation) -> Invitation:
    """The invitation with its organization locked; raises InvitationClosed."""
    locked(invitation.organization_id)
    rows = Invitation.objects.select_related("organization", "role", "invited_by")
    found: Invitation = one_of(rows, pk=invitation.pk)
    if found.accepted_at or found.revoked_at:
        raise errors.InvitationClosed
    return found


def _renew(invitation: Invitation) -> str:
    """Give an invitation a new token and its time."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = digest(token)
    invitation.expires_at = clock.now() + timedelta(days=settings.INVITATION_DAYS)
    return token


def _send(invitation: Invitation, token: str, language: str) -> None:
    inviter = invitation.invited_by
    send_mail(
        template="invitation",
        to=invitation.email,
        language=language,
        context={
            "organization": invitation.organization.name,
            "inviter": inviter.name if inviter else invitation.organization.name,
            "role": invitation.role.name,
            "link": settings.INVITATION_URL.format(token=token),
            "days": settings.INVITATION_DAYS,
        },
    )
    events.publish(
        MemberInvited(organization_id=invitation.organization_id, invitation_id=invitation.pk)
    )
