"""The files behind accounts."""

from collections.abc import Iterable

from apps.accounts.models import User, VerificationEvidence
from kernel import storage


def remove_files(*, photos: Iterable[str], evidence: Iterable[str]) -> None:
    """Remove pictures and evidence from where they are kept; gone ones are no matter, and those
    that a row still names stay.
    """
    storage.remove_files(User._meta.get_field("photo"), photos)
    storage.remove_files(VerificationEvidence._meta.get_field("file"), evidence)
