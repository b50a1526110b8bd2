"""The files behind accounts."""

from collections.abc import Iterable

from apps.accounts.models import User, VerificationEvidence


def remove_files(*, photos: Iterable[str], evidence: Iterable[str]) -> None:
    """Remove pictures and evidence from where they are kept; gone ones are no matter."""
    for name in photos:
        User().photo.storage.delete(name)
    for name in evidence:
        VerificationEvidence().file.storage.delete(name)
