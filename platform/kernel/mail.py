"""Sending mails: by SMTP or a provider's API, or to the console where nothing is configured."""

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache, partial
from typing import Any, Protocol

import structlog
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from kernel.outbound import RETRIED_STATUSES, Refused, Service

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. Its ``id`` names it on every try, so that receivers know a repeat."""

    id: str
    to: str
    subject: str
    text: str
    html: str = ""


class MailGateway(Protocol):
    """What sends mails."""

    def send(self, mail: Mail) -> str:
        """Send a mail; the provider's id of it. Raises Unavailable or Refused."""


class ConsoleMail:
    """Shows what would have been sent."""

    def send(self, mail: Mail) -> str:
        """Write the mail's text to the log."""
        log.info("mail", to=mail.to, subject=mail.subject, text=mail.text)
        return "console"


class BackendMail:
    """Sends by the mail backend that the settings name: SMTP, or a provider's API."""

    def __init__(self) -> None:
        self.service = Service("mail")

    def send(self, mail: Mail) -> str:
        """Hand the mail over, with a few tries."""
        outcome = self.service.call(partial(self._try, mail))
        if outcome.refusal is not None:
            raise outcome.refusal
        return outcome.id

    def _try(self, mail: Mail) -> "_Outcome | None":
        message = _message(mail)
        if not message.recipients():  # Django sends such a mail to nobody, and is content
            return _Outcome(refusal=Refused("recipient_refused"))
        try:
            message.send()
        except (OSError, ValueError, AnymailError) as error:
            # The error's text may hold the recipient, what was sent, and credentials.
            log.warning("mail_failed", error=type(error).__name__)
            refusal = _meaning(error)
            return _Outcome(refusal=refusal) if refusal is not None else None
        status: Any = getattr(message, "anymail_status", None)
        provided = str(status.message_id or "") if status else message.extra_headers["Message-ID"]
        return _Outcome(id=provided)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a mail server said: the id that it gave, or why it refused."""

    id: str = ""
    refusal: Refused | None = None


def _message(mail: Mail) -> EmailMultiAlternatives:
    # No machine is to answer, as with notes of absence (RFC 3834).
    headers = {"X-Fundi-Message": mail.id, "Auto-Submitted": "auto-generated"}
    if settings.EMAIL_GATEWAY == "smtp":  # providers give ids of their own
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        headers["Message-ID"] = f"<{mail.id}@{domain}>"
    message = EmailMultiAlternatives(
        mail.subject, mail.text, to=[mail.to], headers=headers, connection=get_connection()
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _meaning(error: Exception) -> Refused | None:
    """Why another try is of no use, None where it may work."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        lowest = min(code for code, _ in error.recipients.values())
        return _by_status(lowest, "recipient_refused")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _by_status(error.smtp_code, "bad_login")
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_status(error.smtp_code, "refused")
    if isinstance(error, AnymailRecipientsRefused):
        return Refused("recipient_refused")
    if isinstance(error, AnymailAPIError):
        return _by_api_status(error)
    return Refused("invalid_mail") if isinstance(error, ValueError) else None


def _by_status(status: int, code: str) -> Refused | None:
    """Codes of SMTP: from 500 on, trying again is of no use (RFC 5321, 4.2.1)."""
    if status < 500:
        return None
    return Refused(code, f"The mail server answered {status}.")


def _by_api_status(error: AnymailAPIError) -> Refused | None:
    status = error.status_code
    if isinstance(error.response, dict):  # Amazon's, which is no response of HTTP
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if status is None or status < 400 or status in RETRIED_STATUSES:
        return None
    code = "bad_login" if status in (401, 403) else "refused"
    return Refused(code, f"The mail provider answered {status}.")


@cache
def _gateway(name: str) -> MailGateway:
    return ConsoleMail() if name == "console" else BackendMail()


def mail_gateway() -> MailGateway:
    """The gateway that the setting EMAIL_GATEWAY names; one in a process, for its breaker."""
    return _gateway(settings.EMAIL_GATEWAY)
