"""Codes that show that who asks for work can be reached at the number they gave."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts.codes import TRIES, code_digest, is_code, new_code
from apps.accounts.errors import CodeExpired, InvalidCode, TooManyAttempts
from apps.accounts.selectors import language_of
from apps.accounts.services.texting import check_pause, count_text
from apps.accounts.services.verification_codes import CodeSent
from apps.core.services.outbox import send_sms
from apps.leads import errors
from apps.leads.models import Lead, LeadVerificationCode
from apps.leads.selectors import newest_code
from apps.leads.services.leads import verify_confirmed
from apps.leads.services.transitions import locked, require_living
from kernel import clock
from kernel.viewer import Viewer, acting_as

COLUMN = "leads_leadverificationcode.code_hash"


@transaction.atomic
def request_code(*, lead: Lead, language: str = "") -> CodeSent:
    """Text a code to the phone of a lead that waits for one; earlier ones count no more.

    ``language`` is what the caller's client accepts. Raises LeadExpired, NoCodeNeeded,
    ResendTooSoon, or DailyLimitReached: messages are limited as those that verify a number are, by
    the same counts.
    """
    lead = locked(lead)
    _require_waiting(lead)
    number, newest = lead.contact_phone, newest_code(lead)
    check_pause(newest.created_at if newest else None)
    count_text(number=number, asker=lead.client_id or lead.pk)
    code = new_code()
    sent = LeadVerificationCode(
        lead=lead,
        phone_number=number,
        expires_at=clock.now() + timedelta(seconds=settings.CODE_SECONDS),
    )
    sent.code_hash = code_digest(code, row=sent.pk, column=COLUMN)
    sent.message = send_sms(
        template="lead_code",
        to=number,
        language=language_of(lead.client, accept_language=language),
        context={"code": code, "minutes": settings.CODE_SECONDS // 60},
        user=lead.client,
    )
    sent.save()
    return CodeSent(settings.CODE_SECONDS, settings.CODE_RESEND_SECONDS)


def confirm_code(*, viewer: Viewer, lead: Lead, code: str) -> Lead:
    """Take the code that was texted last, which verifies the lead.

    The try is counted and committed before the code is looked at. Raises LeadExpired, NoCodeNeeded,
    InvalidCode, CodeExpired or TooManyAttempts.
    """
    _require_waiting(lead)
    sent = newest_code(lead)
    if sent is None:
        raise InvalidCode
    if sent.expires_at <= clock.now():
        raise CodeExpired
    _count_try(sent)
    if not is_code(code, digest=sent.code_hash, row=sent.pk, column=COLUMN):
        raise InvalidCode
    with acting_as(viewer):
        lead = locked(lead)
        _require_waiting(lead)
        # A newer one was sent meanwhile.
        if newest_code(lead) != sent:
            raise InvalidCode
        LeadVerificationCode.objects.filter(pk=sent.pk).update(confirmed_at=clock.now())
        verify_confirmed(lead)
    return lead


def _require_waiting(lead: Lead) -> None:
    """Raise LeadExpired or NoCodeNeeded unless a lead waits for its code."""
    require_living(lead)
    if lead.status != Lead.Status.PENDING:
        raise errors.NoCodeNeeded


def _count_try(sent: LeadVerificationCode) -> None:
    """Count a try, and commit that whatever becomes of the call; raises TooManyAttempts."""
    with transaction.atomic(durable=True):
        rows = LeadVerificationCode.objects.filter(pk=sent.pk, attempts__lt=TRIES)
        if not rows.update(attempts=F("attempts") + 1):
            raise TooManyAttempts
