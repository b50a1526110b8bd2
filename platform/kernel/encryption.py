"""Columns that the database cannot read: AES-GCM (NIST SP 800-38D), bound to table, column and row.

A sealed value reads ``<key id>.<base64 of nonce and ciphertext>``. The first key of the setting
ENCRYPTION_KEYS seals, all of them open; ``manage.py rotate_encryption_keys`` seals anew what an
older one sealed. What has to be found again has a blind index beside it: a keyed digest.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value was changed, moved to another place, or its key is gone."""


class Sealed(str):
    """Text as it lies in the database."""


def seal(text: str, *, place: str) -> Sealed:
    """Encrypt a text for one place, by the newest key."""
    key_id, key = next(_keys())
    nonce = secrets.token_bytes(NONCE_BYTES)
    hidden = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return Sealed(f"{key_id}.{base64.b64encode(nonce + hidden).decode()}")


def unseal(sealed: str, *, place: str) -> str:
    """Decrypt what was sealed for the same place; raises Unreadable."""
    key_id, _, encoded = sealed.partition(".")
    key = dict(_keys()).get(key_id)
    if key is None:
        raise Unreadable(f"There is no encryption key {key_id!r}.")
    try:
        data = base64.b64decode(encoded, validate=True)
        opened = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable("A sealed value does not belong where it was found.") from error
    return opened.decode()


def is_current(sealed: str) -> bool:
    """Whether the newest key sealed a value."""
    return sealed.startswith(f"{newest_key()}.")


def newest_key() -> str:
    """The name of the key that seals."""
    return next(_keys())[0]


def blind_indexes(text: str, *, column: str) -> list[str]:
    """What a text is found by in a column: a digest by each key, that of the newest first."""
    return [
        hmac.new(_index_key(key, column), text.encode(), hashlib.sha256).hexdigest()
        for _, key in _keys()
    ]


def _keys() -> Iterator[tuple[str, bytes]]:
    """The key ring, the newest first: names and 256-bit keys."""
    for entry in settings.ENCRYPTION_KEYS:
        key_id, _, encoded = entry.partition(":")
        yield key_id, base64.b64decode(encoded)


@lru_cache
def _index_key(key: bytes, column: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"blind index {column}".encode()).derive(key)


class _EncryptedAttribute(DeferredAttribute):
    """Opens a value when it is read; one that is set to what it was stays sealed as it is."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        return self.field.open(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        held = instance.__dict__.get(self.field.attname)
        known = isinstance(held, Sealed) and not isinstance(value, Sealed)
        if not (known and self._holds(instance, held, value)):
            instance.__dict__[self.field.attname] = value

    def _holds(self, instance: Any, held: Sealed, value: Any) -> bool:
        try:
            found: bool = self.field.open(instance, held) == value
        except Unreadable:
            return False
        return found


class EncryptedTextField(models.TextField[str, str]):
    """Text that is sealed when its row is saved, and opened when it is read from the row.

    Values read past the row (``values()``, annotations) are ``Sealed``; ``open`` takes the row for
    those. It cannot be searched: ``BlindIndexField`` can.
    """

    descriptor_class = _EncryptedAttribute

    def open(self, instance: models.Model, sealed: str) -> str:
        """What was sealed for this column of a row."""
        return unseal(sealed, place=self._place(instance)) if sealed else ""

    def seal(self, instance: models.Model, text: str) -> Sealed:
        """A text sealed for this column of a row."""
        return seal(text, place=self._place(instance))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The value as it is stored; raises Unreadable for one that was sealed for another row."""
        held = model_instance.__dict__.get(self.attname)
        if held and not isinstance(held, Sealed):
            held = self.seal(model_instance, held)
            model_instance.__dict__[self.attname] = held
        elif held and add:
            self.open(model_instance, held)
        return held

    def get_lookup(self, lookup_name: str) -> Any:
        """A lookup that means something on sealed values; None for those that would find nothing
        without saying so.
        """
        known = lookup_name in ("exact", "in", "isnull")
        return super().get_lookup(lookup_name) if known else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """A sealed value; raises TypeError for one that no row was sealed for."""
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: save the row, and look up its blind index.")
        return str(value) if value is not None else None

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """The column as it was stored."""
        return Sealed(value) if value else value

    def _place(self, instance: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}.{instance.pk}"


class BlindIndexField(models.CharField[str, str]):
    """What an encrypted column of the same row is found by, kept whenever both are saved."""

    def __init__(self, *, source: str, **options: Any) -> None:
        self.source = source
        usual: dict[str, Any] = {
            "max_length": 64,
            "blank": True,
            "editable": False,
            "default": "",
        }
        super().__init__(**(usual | options))

    def deconstruct(self) -> Any:
        """The field with the name of its source."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The digest of the source as it is now."""
        text = getattr(model_instance, self.source)
        found = self.digests(text)[0] if text else ""
        setattr(model_instance, self.attname, found)
        return found

    def digests(self, text: str) -> list[str]:
        """What rows with this text have here, by whichever key: for ``__in``."""
        return blind_indexes(text, column=f"{self.model._meta.db_table}.{self.source}")
