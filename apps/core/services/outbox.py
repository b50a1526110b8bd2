"""Messages that go out: written with what caused them, sent once that is committed.

A message lies in its table until it was sent, and Celery is only the wake-up. Whoever sends it
claims it first, for a time, and calls outside without a transaction: a provider may be slow. One
that ended in between leaves the message to the next claim. The same message may so be handed over
twice, and is known by its text to the provider of text messages and by its Message-ID to mail
programs.
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Model

from apps.core import messages
from apps.core.events import MessageQueued
from apps.core.models import OutboundMessage
from kernel import clock, events, sms
from kernel.errors import NotFound
from kernel.mail import Mail, mail_gateway
from kernel.outbound import Refused, Unavailable
from kernel.viewer import SYSTEM, acting_as

log = structlog.get_logger(__name__)

Channel, State = OutboundMessage.Channel, OutboundMessage.State

#: How long a claim holds: longer than a task may run.
LEASE = timedelta(minutes=5)
#: When a run takes no more messages, so that no task is ended while it sends one.
LONGEST_RUN = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(minutes=15)
KEPT_FOR = timedelta(days=90)
#: How far along each state is. Reports come repeatedly and in any order, and a message that
#: arrived has arrived.
PROGRESS = {State.WAITING: 0, State.SENT: 1, State.FAILED: 2, State.DELIVERED: 3}


def send_mail(
    *, template: str, to: str, language: str, context: dict[str, Any], user: Model | None = None
) -> OutboundMessage:
    """Queue a mail, within the caller's transaction; ``user`` is whose account it concerns."""
    letter = messages.render_mail(template, language=language, context=context)
    message = OutboundMessage(
        channel=Channel.EMAIL, subject=letter.subject, text=letter.text, html=letter.html
    )
    return _queue(message, template=template, to=to, language=language, user=user)


def send_sms(
    *, template: str, to: str, language: str, context: dict[str, Any], user: Model | None = None
) -> OutboundMessage:
    """Queue a text message to a number in E.164 form, within the caller's transaction."""
    text = messages.render_sms(template, language=language, context=context)
    message = OutboundMessage(channel=Channel.SMS, text=text)
    return _queue(message, template=template, to=to, language=language, user=user)


def _queue(
    message: OutboundMessage, *, template: str, to: str, language: str, user: Model | None
) -> OutboundMessage:
    message.template, message.language, message.recipient = template, language, to
    message.user_id = user.pk if user else None
    message.report_token = secrets.token_urlsafe(24)
    message.save()
    events.publish(MessageQueued(message_id=message.pk))
    return message


def send_waiting(*, limit: int = 100, within: timedelta = LONGEST_RUN) -> int:
    """Send the messages that are due; returns how many were tried.

    Outside a transaction, and safe to run many times at once: each message is claimed by a lock
    that others skip.
    """
    tried, end = 0, clock.now() + within
    while tried < limit and clock.now() < end and (message := _claim()):
        _send(message)
        tried += 1
    return tried


def _claim() -> OutboundMessage | None:
    """Count an attempt at the next message, and put it off for as long as that may take."""
    with acting_as(SYSTEM):
        message: OutboundMessage | None = (
            OutboundMessage.objects.select_for_update(skip_locked=True)
            .filter(state=State.WAITING, due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.due_at = clock.now() + LEASE
            message.save(update_fields=["attempts", "due_at"])
        return message


def _send(message: OutboundMessage) -> None:
    try:
        if clock.now() >= messages.expires_at(message.template, since=message.created_at):
            raise Refused("expired")
        provider_id = _hand_over(message)
    except Refused as refusal:
        log.warning("message_refused", message_id=str(message.pk), code=refusal.code)
        _close(message.pk, State.FAILED, error=refusal.code)
    except Unavailable:
        log.warning("message_put_off", message_id=str(message.pk), attempts=message.attempts)
        _put_off(message)
    else:
        _close(message.pk, State.SENT, provider_id=provider_id)


def _hand_over(message: OutboundMessage) -> str:
    """Call the provider; its id of the message."""
    if message.channel == Channel.SMS:
        return sms.sms_gateway().send(
            to=message.recipient,
            text=message.text,
            report_url=f"{settings.PUBLIC_URL}/reports/sms/{message.report_token}?status=%d",
        )
    return mail_gateway().send(
        Mail(
            id=str(message.pk),
            to=message.recipient,
            subject=message.subject,
            text=message.text,
            html=message.html,
        )
    )


def _put_off(message: OutboundMessage) -> None:
    pause = min(timedelta(seconds=5 * 2 ** min(message.attempts, 10)), LONGEST_PAUSE)
    with acting_as(SYSTEM):
        OutboundMessage.objects.filter(pk=message.pk, state=State.WAITING).update(
            due_at=clock.now() + pause, error="unavailable"
        )


def _close(
    key: UUID, state: OutboundMessage.State, *, provider_id: str = "", error: str = ""
) -> None:
    """Note how handing over a message went, unless a report was faster and knows better."""
    with acting_as(SYSTEM):
        message = OutboundMessage.objects.select_for_update().filter(pk=key).first()
        if message is not None:  # else its user was erased in the meantime
            _move_on(message, state, error=error, provider_id=provider_id[:100])


def record_report(*, token: str, mask: int) -> None:
    """Note what the provider reports of a text message, by the token of the report's address.

    Raises NotFound for a token that belongs to no message.
    """
    with acting_as(SYSTEM):
        message = OutboundMessage.objects.select_for_update().filter(report_token=token).first()
        if message is None:
            raise NotFound
        if mask & sms.DELIVERED:
            _move_on(message, State.DELIVERED)
        elif mask & (sms.UNDELIVERED | sms.FAILED):
            _move_on(message, State.FAILED, error="undelivered")
        elif mask & sms.SENT:
            _move_on(message, State.SENT)


def _move_on(
    message: OutboundMessage,
    state: OutboundMessage.State,
    *,
    error: str = "",
    provider_id: str = "",
) -> None:
    """Take a locked message to a state that is further along, and forget what it said."""
    changes: dict[str, Any] = {"provider_id": provider_id or message.provider_id}
    if state != State.FAILED:
        changes["sent_at"] = message.sent_at or clock.now()
    if state == State.DELIVERED:
        changes["delivered_at"] = message.delivered_at or clock.now()
    if PROGRESS[state] > PROGRESS[State(message.state)]:
        changes |= {"state": state, "error": error, "subject": "", "text": "", "html": ""}
    OutboundMessage.objects.filter(pk=message.pk).update(**changes)


def forget_old_messages(*, batch: int = 1000) -> int:
    """Remove one batch of the messages older than 90 days; returns how many."""
    old = OutboundMessage.objects.filter(created_at__lt=clock.now() - KEPT_FOR)
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:batch])
    return int(OutboundMessage.objects.filter(pk__in=keys).delete()[0])
