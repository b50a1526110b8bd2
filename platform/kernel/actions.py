"""What may be done with a row, by whom: said once, enforced for callers and shown to clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Func, Model, Q, QuerySet, TextField, Value, When

from kernel.errors import NotAllowed, NotFound, SecondFactorMissing
from kernel.viewer import Viewer

#: A condition on the row for a viewer, or a plain answer for all rows.
Rule = Callable[[Viewer], Q | bool]

ALWAYS, NEVER = Q(pk__isnull=False), Q(pk__isnull=True)


def holding(code: str) -> Rule:
    """A rule that a permission code of the active organization grants, for its own rows."""

    def rule(viewer: Viewer) -> Q | bool:
        return viewer.can(code) and Q(organization=viewer.organization_id)

    return rule


@dataclass(frozen=True)
class Actions:
    """The mutations that take a row of a model, by name, and when a viewer may call each.

    ``refusals`` are what ``permit`` raises for an action instead of NotAllowed.
    """

    model: type[Model]
    rules: Mapping[str, Rule]
    refusals: Mapping[str, type[Exception]] = field(default_factory=dict)

    def permit(self, viewer: Viewer, action: str, pk: UUID) -> Any:
        """The row that a viewer wants to act on; raises NotFound for a hidden one, else NotAllowed
        or the action's own refusal where the rule says no.
        """
        rows: QuerySet[Any] = self.model.objects.visible_to(viewer)  # type: ignore[attr-defined]
        row = rows.annotate(_can=self.names(viewer, [action])).filter(pk=pk).first()
        if row is None:
            raise NotFound
        if not row._can:
            refusal = SecondFactorMissing if viewer.lacks_second_factor else NotAllowed
            raise self.refusals.get(action, refusal)
        return row

    def names(self, viewer: Viewer, actions: list[str] | None = None) -> Func:
        """An expression: of these actions, or of all, those that the viewer may do to the row."""
        cases = [
            Case(
                When(self._condition(viewer, name), then=Value(name)),
                default=None,
                output_field=TextField(),
            )
            for name in actions or self.rules
        ]
        array = Func(*cases, function="ARRAY", template="%(function)s[%(expressions)s]")
        return Func(
            array,
            Value(None, output_field=TextField()),
            function="array_remove",
            output_field=ArrayField(TextField()),
        )

    def _condition(self, viewer: Viewer, action: str) -> Q:
        found = self.rules[action](viewer)
        return found if isinstance(found, Q) else (ALWAYS if found else NEVER)
