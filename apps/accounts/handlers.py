"""What is done about facts."""

from apps.accounts import deeds
from apps.accounts.events import (
    AccountErased,
    EmailVerified,
    FriendshipAccepted,
    PasswordResetRequested,
    PhoneVerified,
    ProfileUpdated,
    VerificationReviewed,
)
from apps.accounts.models import UserVerification
from apps.accounts.services import files, passwords, points
from kernel.events import on


@on(PasswordResetRequested)
def mail_reset_link(fact: PasswordResetRequested) -> None:
    """Mail the link that was asked for: after the answer, which is to be the same for all."""
    if fact.user_id is not None:
        passwords.send_reset_link(user_id=fact.user_id, language=fact.language)


@on(EmailVerified)
def award_email(fact: EmailVerified) -> None:
    """Give the points for a verified address."""
    points.award(user_id=fact.user_id, deed=deeds.EMAIL_VERIFIED, reference=fact.user_id)


@on(PhoneVerified)
def award_phone(fact: PhoneVerified) -> None:
    """Give the points for a verified number."""
    points.award(user_id=fact.user_id, deed=deeds.PHONE_VERIFIED, reference=fact.user_id)


@on(ProfileUpdated)
def award_profile(fact: ProfileUpdated) -> None:
    """Give the points for a profile that tells all."""
    points.award_complete_profile(user_id=fact.user_id)


@on(VerificationReviewed)
def award_identity(fact: VerificationReviewed) -> None:
    """Give the points for a verified identity."""
    if fact.approved and fact.verification_type == UserVerification.Type.IDENTITY:
        points.award(user_id=fact.user_id, deed=deeds.IDENTITY_VERIFIED, reference=fact.user_id)


@on(FriendshipAccepted)
def award_friends(fact: FriendshipAccepted) -> None:
    """Give both the points for a friend: once for the same one, however often they part."""
    for user_id, friend_id in sorted(
        [(fact.sender_id, fact.receiver_id), (fact.receiver_id, fact.sender_id)]
    ):
        points.award(user_id=user_id, deed=deeds.FRIEND_MADE, reference=friend_id)


@on(AccountErased)
def remove_files(fact: AccountErased) -> None:
    """Remove the files of an account that is gone."""
    files.remove_files(photos=fact.photos, evidence=fact.evidence)
