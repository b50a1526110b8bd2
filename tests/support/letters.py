"""Reading what was written to people and is not sent yet."""

import re

from apps.core.models import OutboundMessage


def letters_of(template: str) -> list[OutboundMessage]:
    """The messages of a template, the oldest first."""
    return list(OutboundMessage.objects.filter(template=template).order_by("created_at", "pk"))


def newest_code(template: str) -> str:
    """The six digits in the newest message of a template."""
    (code,) = re.findall(r"\b\d{6}\b", letters_of(template)[-1].text)
    return str(code)


def newest_token() -> str:
    """The token in the newest link by which a password is set anew."""
    (token,) = re.findall(r"token=([\w-]+)", letters_of("password_reset")[-1].text)
    return str(token)
