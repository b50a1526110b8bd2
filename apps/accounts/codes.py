"""Codes of six digits that are sent, and come back. Their keyed digests alone are kept, each bound
to its row: there are so few codes that two rows with the same digest would tell.
"""

import secrets
from hmac import compare_digest
from uuid import UUID

from kernel.encryption import blind_indexes

#: How often a code may be tried.
TRIES = 5
DIGITS = 6


def new_code() -> str:
    """A code that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_digest(code: str, *, row: UUID, column: str) -> str:
    """What is kept of a code in a column of a row."""
    return _digests(code, row, column)[0]


def is_code(given: str, *, digest: str, row: UUID, column: str) -> bool:
    """Whether what somebody typed is the code that a digest was kept of, by whichever key."""
    found = _digests("".join(given.split()), row, column)
    return any(compare_digest(each, digest) for each in found)


def _digests(code: str, row: UUID, column: str) -> list[str]:
    return blind_indexes(f"{row}.{code}", column=column)
