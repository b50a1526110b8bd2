"""The audit trail of rows: a trigger for each audited table, which no way of writing gets past.

What changed, by whom, for which organization and in which request is written by the database
itself, from the settings that ``acting_as`` makes for the transaction, into the table of
``core.AuditEntry``. Of personal and secret columns it notes that they changed, and no value.
"""

from typing import Any

import pgtrigger

#: Columns that change with any other, and say nothing.
ALWAYS_IGNORED = ("created_at", "updated_at", "version", "deletion_batch")


class audited(pgtrigger.Trigger):  # noqa: N801 - read as a word in a model's Meta
    """A trigger that notes each change of a model's rows, for its ``Meta.triggers``.

    ``personal`` are columns whose values are not copied, ``ignored`` those that are counters and
    the like; ``noted`` are columns that matter here although they are ignored elsewhere;
    ``tenant`` is the column that says whose row it is: empty for a person's own rows,
    which concern no organization that they happen to act for.
    """

    def __init__(
        self,
        *,
        personal: tuple[str, ...] = (),
        ignored: tuple[str, ...] = (),
        noted: tuple[str, ...] = (),
        tenant: str = "organization_id",
    ) -> None:
        self.personal, self.ignored = personal, ignored
        unnoted = _array(tuple(n for n in (*ALWAYS_IGNORED, *ignored) if n not in noted))
        super().__init__(
            name="audit",
            level=pgtrigger.Row,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=pgtrigger.Func(  # type: ignore[no-untyped-call]
                "PERFORM fundi_audit('{meta.label}', TG_OP, to_jsonb(OLD), to_jsonb(NEW),"
                f" {_array(personal)}, {unnoted}, '{tenant}'); RETURN NULL;"
            ),
        )


def personal_columns(model: Any) -> tuple[str, ...]:
    """The columns of a model that are somebody's own: looking at them is noted."""
    triggers = getattr(model._meta, "triggers", [])
    return next((found.personal for found in triggers if isinstance(found, audited)), ())


def _array(names: tuple[str, ...]) -> str:
    return "ARRAY[" + ",".join(f"'{name}'" for name in names) + "]::text[]"
