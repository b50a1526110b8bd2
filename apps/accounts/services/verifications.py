"""Claims of users about themselves, the evidence for them, and what staff decide."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import VerificationReviewed, VerificationSubmitted
from apps.accounts.models import User, UserProfile, UserVerification, VerificationEvidence
from apps.accounts.services.letters import write_to
from kernel import clock, events, uploads

MOST_FILES = 5

Type, Status = UserVerification.Type, UserVerification.Status


@transaction.atomic
def submit_verification(
    *, user: User, verification_type: UserVerification.Type, files: Sequence[BinaryIO]
) -> UserVerification:
    """Ask staff to verify a claim by one to five files; pictures are encoded anew.

    Raises EvidenceCount, InvalidEvidence, EvidenceTooLarge, or ValidationError where the same is
    being verified already (verification_pending).
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise errors.EvidenceCount
    prepared = [_accepted(file) for file in files]
    profile = UserProfile.objects.select_for_update(no_key=True, of=("self",)).get(user=user)
    verification = UserVerification(user_profile=profile, verification_type=verification_type)
    # Checked before the files are kept: a refusal takes back rows, not files.
    verification.full_clean()
    verification.save()
    for file in prepared:
        _keep(verification, file)
    events.publish(VerificationSubmitted(user_id=user.pk, verification_id=verification.pk))
    return verification


@transaction.atomic
def review(
    *, verification: UserVerification, by: Any, approved: bool, notes: str = ""
) -> UserVerification:
    """Decide a claim; one's identity, once approved, is noted in one's profile.

    Raises OwnVerification, and AlreadyReviewed where somebody else was faster.
    """
    verification = UserVerification.objects.select_for_update().get(pk=verification.pk)
    profile = UserProfile._base_manager.select_related("user").get(pk=verification.user_profile_id)
    if by is not None and profile.user_id == by.pk:
        raise errors.OwnVerification
    if verification.status != Status.PENDING:
        raise errors.AlreadyReviewed
    verification.status = Status.APPROVED if approved else Status.REJECTED
    verification.admin_notes = notes
    verification.reviewed_by, verification.reviewed_at = by, clock.now()
    verification.save(update_fields=["status", "admin_notes", "reviewed_by", "reviewed_at"])
    if approved and verification.verification_type == Type.IDENTITY:
        _note_identity(profile)
    _write_to(profile.user, verification)
    events.publish(
        VerificationReviewed(
            user_id=profile.user_id,
            verification_id=verification.pk,
            verification_type=verification.verification_type,
            approved=approved,
        )
    )
    return verification


def _accepted(file: BinaryIO) -> uploads.AcceptedFile:
    """A file made safe; raises InvalidEvidence or EvidenceTooLarge."""
    try:
        return uploads.accepted(file)
    except uploads.FileTooLarge as error:
        raise errors.EvidenceTooLarge from error
    except uploads.InvalidFile as error:
        raise errors.InvalidEvidence from error


def _keep(verification: UserVerification, file: uploads.AcceptedFile) -> None:
    evidence = VerificationEvidence(verification=verification)
    evidence.name, evidence.content_type = file.name, file.content_type
    evidence.file.save(file.key, file.content)


def _note_identity(profile: UserProfile) -> None:
    UserProfile._base_manager.filter(pk=profile.pk).update(
        is_verified=True, verification_date=clock.today()
    )


def _write_to(user: User, verification: UserVerification) -> None:
    write_to(
        user,
        "verification_reviewed",
        type=verification.verification_type,
        approved=verification.status == Status.APPROVED,
        notes=verification.admin_notes,
    )
