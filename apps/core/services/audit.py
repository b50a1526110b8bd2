"""Writing down what is no change of a row: sign-ins, grants, looks at personal data."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from apps.core.models import AuditEntry
from kernel.viewer import Viewer, current_viewer


def note(
    *, action: AuditEntry.Action, row: Model, changes: dict[str, Any] | None = None, by: Any = None
) -> None:
    """Write down that the viewer, or the user ``by`` who signs in, did something to a row."""
    AuditEntry.objects.bulk_create([_entry(action, row, current_viewer(), changes, by)])


def note_looks(*, viewer: Viewer, rows: Iterable[Model]) -> None:
    """Write down that one of the staff was shown the personal columns of rows."""
    rows = list(rows)
    _load_organizations(rows)
    AuditEntry.objects.bulk_create(
        [_entry(AuditEntry.Action.READ, row, viewer) for row in rows], batch_size=500
    )


def _load_organizations(rows: Iterable[Model]) -> None:
    """Whose the rows are, where what was shown did not need it: one statement for each model."""
    unknown: dict[type[Model], list[Any]] = {}
    for row in rows:
        if "organization_id" in row.get_deferred_fields():
            unknown.setdefault(type(row), []).append(row)
    for model, some in unknown.items():
        of_model = model._base_manager.filter(pk__in=[row.pk for row in some])
        owners = dict(of_model.values_list("pk", "organization_id"))
        for row in some:
            row.organization_id = owners.get(row.pk)


def _entry(
    action: AuditEntry.Action,
    row: Model,
    viewer: Viewer,
    changes: dict[str, Any] | None = None,
    by: Any = None,
) -> AuditEntry:
    return AuditEntry(
        action=action,
        object_type=row._meta.label,
        object_id=row.pk,
        changes=changes or {},
        actor_id=by.pk if by else viewer.user_id,
        organization_id=getattr(row, "organization_id", None),
        request_id=viewer.request_id,
        ip_address=viewer.ip_address,
    )
