"""What a lead says, as those read it who have not paid: without ways to get in touch."""

from typing import Any

import strawberry_django
from django.db.models import Case, F, Func, Model, TextField, Value, When
from django.db.models.expressions import Combinable

from schema.base.types import Rule

#: What stands where something was left out.
BLOT = "•••"
#: Between the digits of a number: spaces, brackets, points, and all kinds of strokes.
_GAP = r"[\s()\[\].,/\u00b7\u2022_\u2010-\u2015-]{0,4}"
_DIGIT = r"(?:\d|[\uff10-\uff19]|zero|one|two|three|four|five|six|seven|eight|nine)"
_DOT = r"(?:\.|\s*[\[(]\s*(?:dot|\.)\s*[\])]\s*|\s+dot\s+)"
_AT = r"(?:\s*@\s*|\s*[\[(]\s*(?:at|@)\s*[\])]\s*|\s+at\s+)"
#: Regular expressions of PostgreSQL's: addresses of the web, mail addresses, telephone numbers.
CONTACTS = (
    r"(?:https?://|www\.|wa\.me/|t\.me/)\S+",
    rf"[[:alnum:]._%+-]+{_AT}[[:alnum:]-]+(?:{_DOT}[[:alnum:]-]+)*{_DOT}[[:alpha:]]{{2,}}",
    rf"(?:\+\s*)?[(\[]?{_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}",
)


def without_contacts(text: Combinable) -> Combinable:
    """A text with web and mail addresses and telephone numbers blotted out. What looks like one is
    taken for one: a long number is lost rather than a phone told.
    """
    for pattern in CONTACTS:
        arguments = (text, Value(pattern), Value(BLOT), Value("gi"))
        text = Func(*arguments, function="regexp_replace", output_field=TextField())
    return text


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
