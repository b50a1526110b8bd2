"""What messages say: one source for each message and language, from which text and HTML are made.

A source under ``templates/messages/<language>`` reads like the mail itself. Its first lines are the
subject and the preview that lists of mails show; a blank line ends each part. In the body, four
spaces begin a code, ``- `` a list, ``> `` a quotation, a line in square brackets is the button
that opens ``link``, and what follows ``--`` says why one gets this mail.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from babel.units import format_unit
from django.conf import settings
from django.template import Context, Template, loader

SOURCES = Path(__file__).parent / "templates/messages"
LANGUAGES = ("en", "fr", "ru")
#: What each message has to be told.
VALUES = {
    "email_code": {"name", "code", "minutes"},
    "phone_code": {"code", "minutes"},
    "lead_code": {"code", "minutes"},
    "password_reset": {"name", "link", "hours"},
    "password_changed": {"name"},
    "email_changed": {"name", "email"},
    "invitation": {"organization", "inviter", "role", "link", "days"},
    "mfa_changed": {"name", "enabled"},
    "new_sign_in": {"name", "device", "address", "time"},
    "account_deleted": {"name", "days"},
    "verification_reviewed": {"name", "type", "approved", "notes"},
    "friend_request": {"name", "sender"},
    "document_reviewed": {"name", "type", "approved", "notes"},
    "document_expiring": {"name", "type", "days"},
    "document_expired": {"name", "type"},
    "lead_offered": {"name", "category", "city", "credits"},
    "lead_assigned": {"name", "title", "city", "credits"},
    "lead_assigned_sms": {"title", "city"},
    "lead_quoted": {"name", "title", "business", "amount"},
    "review_requested": {"name", "other", "days"},
    "review_shown": {"name", "other", "answered"},
    "review_rejected": {"name", "other", "notes"},
    "lead_refund_decided": {"name", "title", "asked", "approved", "credits", "notes"},
}
DURATIONS = {"minutes": "minute", "hours": "hour", "days": "day"}
#: The settings with the seconds after which what a message carries is void.
EXPIRY = {
    "email_code": "CODE_SECONDS",
    "phone_code": "CODE_SECONDS",
    "lead_code": "CODE_SECONDS",
    "password_reset": "RESET_SECONDS",
}
#: News that are older surprise more than they tell.
NEWS_SECONDS = 86_400
#: Longer values are cut, but for links: names are given by strangers.
LONGEST_VALUE = 500
SUBJECT_LENGTH = 150
#: Stands before what has a meaning at the beginning of a line, and in no value: whatever somebody
#: is called, it stays a part of the sentence.
MARK = "\x02"


class Part(StrEnum):
    """What a part of a mail is shown as."""

    PARAGRAPH = "paragraph"
    CODE = "code"
    LIST = "list"
    QUOTE = "quote"
    BUTTON = "button"


#: What parts begin and end with.
SIGNS = (
    (Part.CODE, f"{MARK}    ", ""),
    (Part.LIST, f"{MARK}- ", ""),
    (Part.QUOTE, f"{MARK}> ", ""),
    (Part.BUTTON, f"{MARK}[", "]"),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Filled:
    """A source that was filled in and taken apart."""

    subject: str
    preview: str
    body: list[tuple[Part, list[str]]]
    reason: str


def expires_at(template: str, *, since: datetime) -> datetime:
    """When a message that was written at an instant is not worth sending any more."""
    name = EXPIRY.get(template)
    return since + timedelta(seconds=getattr(settings, name) if name else NEWS_SECONDS)


def render_mail(template: str, *, language: str, context: dict[str, Any]) -> Letter:
    """A mail in a language, English where there is no translation.

    Raises TypeError when values are missing, or are none of this message.
    """
    language = _known(language)
    values = _values(template, language, context)
    plain = _taken_apart(_filled(template, language, values, escaped=False))
    escaped = _taken_apart(_filled(template, language, values, escaped=True))
    shown = {"language": language, "mail": escaped, "link": values.get("link", "")}
    return Letter(
        subject=plain.subject[:SUBJECT_LENGTH],
        text=_as_text(plain, str(values.get("link", ""))),
        html=loader.get_template("messages/layout.html").render(shown),
    )


def render_sms(template: str, *, language: str, context: dict[str, Any]) -> str:
    """A text message in a language, English where there is no translation; raises TypeError."""
    language = _known(language)
    values = _values(template, language, context)
    return _one_line(_filled(template, language, values, escaped=False))


def _known(language: str) -> str:
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else "en"


def _values(template: str, language: str, context: dict[str, Any]) -> dict[str, Any]:
    if set(context) != VALUES[template]:
        raise TypeError(f"The message {template} takes {sorted(VALUES[template])}.")
    return {name: _value(name, value, language) for name, value in context.items()}


def _value(name: str, value: Any, language: str) -> Any:
    if name in DURATIONS:
        unit = f"duration-{DURATIONS[name]}"
        return format_unit(value, unit, length="long", locale=language)
    if isinstance(value, datetime):
        written = format_datetime(value.astimezone(UTC), "d MMMM y, HH:mm", locale=language)
        return f"{written} UTC"
    if isinstance(value, str) and name != "link":
        return _one_line(value)[:LONGEST_VALUE]
    return value


def _one_line(text: str) -> str:
    """A text without line breaks and what else is not to be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _filled(template: str, language: str, values: dict[str, Any], *, escaped: bool) -> str:
    return _source(template, language).render(Context(values, autoescape=escaped))


@cache
def _source(template: str, language: str) -> Template:
    text = (SOURCES / language / f"{template}.txt").read_text()
    return Template(re.sub(r"^(?=    |- |> |\[|--$)", MARK, text, flags=re.MULTILINE))


def _taken_apart(filled: str) -> _Filled:
    head, *body = [part.strip("\n") for part in filled.split("\n\n") if part.strip()]
    subject, preview = head.splitlines()
    reason = body.pop().removeprefix(f"{MARK}--")
    return _Filled(
        subject=subject.removeprefix("Subject: "),
        preview=preview.removeprefix("Preview: "),
        body=[_part(part.splitlines()) for part in body],
        reason=_joined(reason.splitlines()),
    )


def _part(lines: list[str]) -> tuple[Part, list[str]]:
    for part, begin, end in SIGNS:
        if lines[0].startswith(begin):
            return part, [line.removeprefix(begin).removesuffix(end) for line in lines]
    return Part.PARAGRAPH, [_joined(lines)]


def _joined(lines: Iterable[str]) -> str:
    return " ".join(line.strip() for line in lines).strip()


def _as_text(mail: _Filled, link: str) -> str:
    parts = [_part_as_text(part, lines, link) for part, lines in mail.body]
    return "\n\n".join([*parts, f"-- \n{mail.reason}"]) + "\n"


def _part_as_text(part: Part, lines: list[str], link: str) -> str:
    if part is Part.CODE:
        return f"    {lines[0]}"
    if part is Part.LIST:
        return "\n".join(f"- {line}" for line in lines)
    if part is Part.QUOTE:
        return f"> {lines[0]}"
    if part is Part.BUTTON:
        return f"{lines[0]}\n{link}"
    return lines[0]
