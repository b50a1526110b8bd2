"""Files that only some may open: kept apart, and reached by addresses that expire. And files of any
kind that are to go.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.storage import FileSystemStorage, storages
from django.db.models import FileField
from django.urls import reverse

SALT = "fundi.file"
SECONDS_OPEN = 600


def private_storage() -> Any:
    """Where files are kept that only some may open."""
    return storages["private"]


class PrivateStorage(FileSystemStorage):
    """A folder that no web server serves; who may see a file gets an address for ten minutes."""

    @property
    def base_location(self) -> str:
        """The folder."""
        return str(settings.PRIVATE_MEDIA_ROOT)

    @property
    def location(self) -> str:
        """The folder."""
        return self.base_location

    def url(self, name: str | None) -> str:
        """An address of the file that works for ten minutes."""
        return reverse("private_file", args=[signing.dumps(name, salt=SALT)])


def remove_files(column: FileField, names: Iterable[str]) -> None:
    """Remove files of a column from where they are kept, but none that a row still names, deleted
    or not; gone ones are no matter.
    """
    unused = {*names} - {""}
    rows = column.model._base_manager.filter(**{f"{column.name}__in": unused})
    for name in unused - {*rows.values_list(column.name, flat=True)}:
        column.storage.delete(name)


def name_in(token: str) -> Any:
    """The name of the file that an address was made for; raises BadSignature once it expired."""
    return signing.loads(token, salt=SALT, max_age=SECONDS_OPEN)
