"""Demo data: planned in memory from a seed, with keys that the seed gives too, stored in batches.

Keys that are the same each time let an interrupted load be taken up again, and let examples and
documentation name a row.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from kernel.viewer import SYSTEM, acting_as

BATCH = 500
#: What a batch may take.
STATEMENT_TIMEOUT = "1min"
#: When the keys say that they were made: before anything that is made by hand.
EPOCH = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)

Rows = Sequence[models.Model]
Item = TypeVar("Item")


class Dice(Random):
    """Chance that falls the same way each time, for one purpose."""

    def __init__(self, seed: int, purpose: str) -> None:
        super().__init__(f"{seed}:{purpose}")
        self._made = 0

    def key(self) -> UUID:
        """A UUIDv7 for a row; keys sort in the order in which they were asked for."""
        self._made += 1
        head = (EPOCH + self._made) << 80 | 0x7 << 76 | self.getrandbits(12) << 64
        return UUID(int=head | 0b10 << 62 | self.getrandbits(62))

    def chance(self, probability: float) -> bool:
        """Whether something happens that does so with this probability."""
        return self.random() < probability

    def some(self, items: Sequence[Item], most: int) -> list[Item]:
        """Up to so many of the items, in any order."""
        return self.sample(items, min(most, len(items)))


def read(module: str, name: str) -> Any:
    """Read a JSON file that lies beside a module, given as its ``__file__``."""
    return json.loads((Path(module).parent / name).read_text(encoding="utf-8"))


def store(rows: Rows, advance: Callable[[int], object]) -> None:
    """Insert rows of one model, each batch in its own transaction; rows that are there stay."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        model = type(batch[0])
        with acting_as(SYSTEM, statement_timeout=STATEMENT_TIMEOUT):
            model._base_manager.bulk_create(batch, ignore_conflicts=True)
            if start == 0:
                _analyze(model)
        advance(len(batch))


def _analyze(model: Any) -> None:
    """Count a table's rows: else each row that refers to them is checked by reading all of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def links(through: Any, near: str, far: str, pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Rows of a many-to-many table, from pairs of keys."""
    return [through(**{near: one, far: other}) for one, other in pairs]
