"""What a lead says, as those read it who have not paid: without ways to get in touch."""

from typing import Any

import strawberry_django
from django.db.models import Case, F, Model, TextField, When

from kernel.contacts import without_contacts
from schema.base.types import Rule


def blotted(model: type[Model], name: str, *, rule: Rule) -> Any:
    """A text that only some viewers read as it stands; the others read it without contacts."""
    shown = f"_shown_{name}"

    def resolve(root: Any) -> str:
        return str(getattr(root, shown))

    def expression(info: Any) -> Any:
        viewer = info.context.viewer
        if viewer.oversees(model):
            return F(name)
        return Case(
            When(rule(viewer), then=F(name)),
            default=without_contacts(F(name)),
            output_field=TextField(),
        )

    column: Any = model._meta.get_field(name)
    return strawberry_django.field(
        resolve,
        annotate={shown: expression},
        description=f"{column.help_text} Ways to get in touch are for those who paid.",
    )
