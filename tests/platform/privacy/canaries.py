"""Secrets that are told from all other text, each of a kind: where they turn up, they leaked."""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator
from urllib.parse import unquote_plus

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


class Canaries:
    """The secrets of a run, by their kinds."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = {}

    def word(self, kind: str, *, length: int = 20) -> str:
        """A new secret: letters that no other text holds."""
        return self.note(kind, "".join(secrets.choice("abcdefghijklm") for _ in range(length)))

    def password(self, kind: str) -> str:
        """A new secret that resembles nobody's name, as passwords must."""
        return self.note(kind, "".join(secrets.choice("nopqrstuvwxyz") for _ in range(20)))

    def email(self, kind: str) -> str:
        """A new address."""
        return f"{self.word(kind)}@example.org"

    def phone(self, kind: str) -> str:
        """A new number of a mobile phone."""
        number = f"2782{secrets.randbelow(10**7):07}"
        return f"+{self.note(kind, number)}"

    def note(self, kind: str, secret: str) -> str:
        """Take in a secret that somebody else made."""
        assert len(secret) >= 6, f"{kind} is too short to be told from other text."
        self.kinds.setdefault(kind, set()).add(secret)
        return secret

    def found_in(self, text: str) -> set[str]:
        """The kinds of the secrets that stand in a text, also where it is encoded."""
        texts = [text, unquote_plus(text), *_decoded(text)]
        return {
            kind
            for kind, found in self.kinds.items()
            if any(_stands_in(each, secret) for secret in found for each in texts)
        }


def _stands_in(text: str, secret: str) -> bool:
    if not (secret.isdecimal() and len(secret) == 6):
        return secret in text
    # The code of a message, and no part of a longer number or of an instant.
    return re.search(rf"(?<![\w.:-]){secret}(?!\w|[.:-]\w)", text) is not None


def _decoded(text: str) -> Iterator[str]:
    for run in BASE64.findall(text):
        plain = run.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("latin-1")
        except binascii.Error:
            continue
