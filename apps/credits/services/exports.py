"""Ledgers as files."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from defusedcsv import csv
from django.db import transaction

from apps.core.models import AuditEntry
from apps.core.services.audit import note
from apps.credits import errors
from apps.credits.models import CreditTransaction
from apps.credits.selectors import moved_between
from apps.providers.models import ServiceProviderProfile

#: The most rows of one file.
MOST_ROWS = 10_000
COLUMNS = (
    *("number", "time", "type", "amount", "balance_after", "reference", "description"),
    "lead_assignment",
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file, as text."""

    filename: str
    rows: int
    content: str


@transaction.atomic
def export_transactions(
    *, provider: ServiceProviderProfile, since: datetime, until: datetime
) -> Export:
    """A provider's ledger from an instant on to before another, as comma-separated values (RFC
    4180) that spreadsheets do not read as formulas; that it was taken is noted.

    Raises InvalidPeriod, or StatementTooLong for more than 10,000 rows.
    """
    if until <= since:
        raise errors.InvalidPeriod
    rows = list(moved_between(provider.pk, since, until)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        raise errors.StatementTooLong(params={"most": f"{MOST_ROWS:,}"})
    period = {"since": since.isoformat(), "until": until.isoformat()}
    note(action=AuditEntry.Action.EXPORT, row=provider, changes={"credits": period})
    name = f"credits-{since.astimezone(UTC):%Y%m%d}-{until.astimezone(UTC):%Y%m%d}.csv"
    return Export(name, len(rows), _written([COLUMNS, *map(_values, rows)]))


def _values(row: CreditTransaction) -> tuple[Any, ...]:
    return (
        row.number,
        row.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        row.transaction_type,
        row.amount,
        row.balance_after,
        row.reference,
        row.description,
        row.lead_assignment_id or "",
    )


def _written(lines: Iterable[Iterable[Any]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    return file.getvalue()
