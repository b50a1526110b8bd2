"""Claims of users about themselves, the evidence for them, and what staff decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import VerificationReviewed, VerificationSubmitted
from apps.accounts.models import User, UserProfile, UserVerification, VerificationEvidence
from apps.accounts.selectors import language_of
from apps.core.services.outbox import send_mail
from kernel import clock, events, pictures
from kernel.ids import uuid7

MOST_FILES = 5
PDF = "application/pdf"

Type, Status = UserVerification.Type, UserVerification.Status


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file as it is kept: what its owner calls it, its kind, and what is in it."""

    name: str
    content_type: str
    content: "ContentFile[bytes]"


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
    prepared = [_prepared(file) for file in files]
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


def _prepared(file: BinaryIO) -> _Prepared:
    """A file made safe; raises InvalidEvidence or EvidenceTooLarge."""
    name = (getattr(file, "name", None) or "")[:200]
    try:
        data = pictures.bytes_of(file)
        if pictures.kind_of(data) == PDF:
            return _Prepared(name, PDF, ContentFile(data))
        return _Prepared(name, "image/jpeg", pictures.reencoded(data))
    except pictures.PhotoTooLarge as error:
        raise errors.EvidenceTooLarge from error
    except pictures.NotAPhoto as error:
        raise errors.InvalidEvidence from error


def _keep(verification: UserVerification, file: _Prepared) -> None:
    evidence = VerificationEvidence(verification=verification)
    evidence.name, evidence.content_type = file.name, file.content_type
    ending = "pdf" if file.content_type == PDF else "jpg"
    evidence.file.save(f"{uuid7()}.{ending}", file.content)


def _note_identity(profile: UserProfile) -> None:
    UserProfile._base_manager.filter(pk=profile.pk).update(
        is_verified=True, verification_date=clock.today()
    )


def _write_to(user: User, verification: UserVerification) -> None:
    send_mail(
        template="verification_reviewed",
        to=user.email,
        language=language_of(user),
        context={
            "name": user.name,
            "type": verification.verification_type,
            "approved": verification.status == Status.APPROVED,
            "notes": verification.admin_notes,
        },
        user=user,
    )
