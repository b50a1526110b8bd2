"""Messages that go out: queued with their cause, sent after it, reported on."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
import redis
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from apps.core import tasks
from apps.core.events import MessageQueued
from apps.core.models import DailyCount, Delivery, OutboundMessage
from apps.core.services import outbox
from apps.core.services.event_log import deliver_due
from apps.core.services.outbox import (
    LEASE,
    forget_old_messages,
    record_report,
    send_mail,
    send_sms,
    send_waiting,
)
from kernel import mail, sms
from kernel.encryption import Unreadable
from kernel.errors import NotFound
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.fakes import smtp as smtp_faults
from tests.support.fakes.base import Exchange, dropped, failing, garbled, held, slow
from tests.support.fakes.panacea import (
    DELIVERED,
    FAILED,
    QUEUED,
    SENT,
    UNDELIVERED,
    Panacea,
    answering,
)
from tests.support.fakes.smtp import Smtp
from tests.support.races import race
from tests.support.server import Process, environment
from tests.support.threads import in_background, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+27711234001"
CODE = {"code": "482913", "minutes": 10}


@pytest.fixture
def panacea_gateway(panacea: Panacea, settings: Settings) -> Iterator[Panacea]:
    """Text messages go to the fake, by a gateway whose breaker is closed."""
    settings.SMS_GATEWAY, settings.SMS_TIMEOUT = "panacea", 0.3
    settings.PANACEA_URL = panacea.address
    settings.PANACEA_USERNAME, settings.PANACEA_PASSWORD = panacea.username, panacea.password
    sms._gateway.cache_clear()
    yield panacea
    sms._gateway.cache_clear()


@pytest.fixture
def smtp_gateway(smtp: Smtp, settings: Settings) -> Iterator[Smtp]:
    """Mails go to the fake, by a gateway whose breaker is closed."""
    settings.EMAIL_GATEWAY = "smtp"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp.host, smtp.port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 0.3
    settings.DEFAULT_FROM_EMAIL = "Fundi <hello@fundi.test>"
    mail._gateway.cache_clear()
    yield smtp
    mail._gateway.cache_clear()


def queue_sms(to: str = NUMBER, **context: Any) -> OutboundMessage:
    """Queue a code, committed."""
    with acting_as(SYSTEM):
        return send_sms(template="phone_code", to=to, language="en", context=CODE | context)


def queue_mail(to: str = "ada@example.org", **options: Any) -> OutboundMessage:
    """Queue a mail, committed."""
    context = {"name": "Ada"} | CODE
    with acting_as(SYSTEM):
        return send_mail(template="email_code", to=to, language="fr", context=context, **options)


def state(message: OutboundMessage) -> tuple[str, str]:
    """The message's state now, and its error."""
    message.refresh_from_db()
    return message.state, message.error


def in_table() -> dict[str, Any]:
    """The only message as its row is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_outboundmessage")
        assert cursor.description
        (row,) = cursor.fetchall()
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def later(**span: float) -> Any:
    """That much later."""
    return time_machine.travel(timezone.now() + timedelta(**span))


def tasks_that_wait() -> int:
    """How many times a worker is to look after messages."""
    queue: Any = redis.Redis.from_url(settings.REDIS_URL).lrange("celery", 0, -1)
    named = [json.loads(task)["headers"]["task"] for task in queue]
    return named.count("apps.core.tasks.send_messages")


# Queueing


def test_a_mail_is_written_and_announced_and_what_it_says_is_sealed():
    ada = UserFactory(email="ada@example.org")

    with announced() as heard:
        message = queue_mail(user=ada)

    found = OutboundMessage.objects.get()
    assert heard == [MessageQueued(message_id=message.pk)]
    assert (found.channel, found.template, found.language) == ("EMAIL", "email_code", "fr")
    assert (found.recipient, found.state, found.user_id) == ("ada@example.org", "WAITING", ada.pk)
    assert "482913" in found.text
    assert "482913" in found.html
    assert "482913" not in str(in_table())
    assert "ada@example.org" not in str(in_table())


def test_a_text_message_is_written_and_announced_and_what_it_says_is_sealed():
    with announced() as heard:
        message = queue_sms()

    found = OutboundMessage.objects.get()
    assert heard == [MessageQueued(message_id=message.pk)]
    assert (found.channel, found.recipient, found.html) == ("SMS", NUMBER, "")
    assert "482913" in found.text
    assert len(found.report_token) >= 32
    assert "482913" not in str(in_table())
    assert NUMBER[1:] not in str(in_table())


def test_a_cause_that_is_rolled_back_sends_nothing(panacea_gateway: Panacea):
    with suppress(RuntimeError), transaction.atomic():
        send_sms(template="phone_code", to=NUMBER, language="en", context=CODE)
        raise RuntimeError

    assert send_waiting() == 0
    assert panacea_gateway.requests == []
    assert not OutboundMessage.objects.exists()


def test_the_fact_wakes_the_senders():
    queue_mail()
    before = tasks_that_wait()

    deliver_due()

    assert tasks_that_wait() == before + 1
    assert Delivery.objects.get().state == "DONE"


# Sending


def test_a_text_message_is_sent_once_and_then_forgotten(
    panacea_gateway: Panacea, settings: Settings
):
    message = queue_sms()
    text = message.text

    tried = tasks.send_messages(), tasks.send_messages()

    (taken,) = panacea_gateway.messages
    message.refresh_from_db()
    assert tried == (1, 0)
    assert (taken.to, taken.text) == (NUMBER, text)
    assert taken.report_url == (
        f"{settings.PUBLIC_URL}/reports/sms/{message.report_token}?status=%d"
    )
    assert (message.state, message.error, message.attempts) == ("SENT", "", 1)
    assert (message.provider_id, message.text) == (taken.id, "")
    assert message.sent_at is not None
    assert message.delivered_at is None


def test_a_mail_is_sent_once_and_then_forgotten(smtp_gateway: Smtp):
    message = queue_mail()
    subject, text, html = message.subject, message.text, message.html

    tried = send_waiting(), send_waiting()

    (taken,) = smtp_gateway.mails
    message.refresh_from_db()
    assert tried == (1, 0)
    assert taken.recipients == ("ada@example.org",)
    assert (taken.subject, taken.text, taken.html) == (subject, text, html)
    assert taken.message["X-Fundi-Message"] == str(message.pk)
    assert (message.state, message.subject, message.text, message.html) == ("SENT", "", "", "")
    assert message.provider_id == f"<{message.pk}@fundi.test>"


def test_with_nothing_configured_a_person_can_read_the_code_in_the_log(
    caplog: pytest.LogCaptureFixture,
):
    messages = [queue_sms(), queue_mail()]

    with caplog.at_level(logging.INFO):
        send_waiting()

    assert len(re.findall("482913", caplog.text)) == 2
    assert [state(message) for message in messages] == [("SENT", "")] * 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (-64, "out_of_credit"),
        (-8, "bad_login"),
        (-128, "invalid_number"),
        (-4, "missing_parameter"),
    ],
)
def test_a_refused_message_fails_for_good(panacea_gateway: Panacea, status: int, code: str):
    message = queue_sms()
    panacea_gateway.then(answering(status))

    send_waiting()

    with later(hours=2):
        assert send_waiting() == 0
    assert state(message) == ("FAILED", code)
    assert (message.text, message.sent_at) == ("", None)
    assert len(panacea_gateway.requests) == 1


def test_a_refused_mail_fails_for_good(smtp_gateway: Smtp):
    message = queue_mail()
    smtp_gateway.refused.add("ada@example.org")

    send_waiting()

    assert state(message) == ("FAILED", "recipient_refused")
    assert (message.subject, message.text, message.html) == ("", "", "")


def test_a_duplicate_counts_as_sent(panacea_gateway: Panacea):
    message = queue_sms()
    panacea_gateway.then(answering(-512))

    send_waiting()

    assert state(message) == ("SENT", "")


@pytest.mark.parametrize("fault", [failing(500), garbled, dropped()])
def test_a_message_waits_out_an_outage_with_growing_pauses(panacea_gateway: Panacea, fault: Any):
    panacea_gateway.always(fault)
    panacea_gateway.detects_duplicates = True
    message = queue_sms()
    pauses = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            assert (send_waiting(), send_waiting()) == (1, 0)
            assert state(message) == ("WAITING", "unavailable")
            pauses.append((message.due_at - timezone.now()).total_seconds())
            clock.shift(pauses[-1])
        panacea_gateway.recover()
        send_waiting()

    assert pauses == [10, 20, 40, 80]
    assert state(message) == ("SENT", "")
    assert message.attempts == 5
    assert len(panacea_gateway.messages) == 1


def test_mails_wait_out_an_outage_too(smtp_gateway: Smtp):
    smtp_gateway.always(smtp_faults.busy)
    message = queue_mail()

    send_waiting()
    before = state(message)
    smtp_gateway.recover()
    with later(seconds=11):
        send_waiting()

    assert (before, state(message)) == (("WAITING", "unavailable"), ("SENT", ""))
    assert len(smtp_gateway.mails) == 1


def test_a_code_that_is_void_by_now_is_not_sent(panacea_gateway: Panacea, settings: Settings):
    message = queue_sms()

    with later(seconds=settings.CODE_SECONDS):
        send_waiting()

    assert state(message) == ("FAILED", "expired")
    assert message.text == ""
    assert panacea_gateway.requests == []


def test_many_senders_at_once_send_each_message_once(panacea_gateway: Panacea, settings: Settings):
    settings.SMS_TIMEOUT = 10
    numbers = [f"+2771123{number:04}" for number in range(40)]
    for number in numbers:
        queue_sms(number)

    tried = race(*[send_waiting] * 6)

    assert sum(tried) == 40
    assert sorted(message.to for message in panacea_gateway.messages) == numbers
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"SENT"}


def test_a_limit_leaves_the_rest_for_the_next_run(panacea_gateway: Panacea):
    for number in range(3):
        queue_sms(f"+2771123400{number}")

    assert (send_waiting(limit=2), send_waiting(limit=2)) == (2, 1)
    assert [message.to[-1] for message in panacea_gateway.messages] == ["0", "1", "2"]


def test_a_run_ends_in_time_and_leaves_the_rest(panacea_gateway: Panacea):
    for number in range(3):
        queue_sms(f"+2771123400{number}")
    panacea_gateway.then(slow(0.2))

    tried = send_waiting(within=timedelta(seconds=0.2)), send_waiting()

    assert tried == (1, 2)


def test_no_lock_is_held_while_a_provider_is_slow(panacea_gateway: Panacea, settings: Settings):
    settings.SMS_TIMEOUT = 10
    message = queue_sms()
    release = Event()
    panacea_gateway.then(held(release))

    with in_background(send_waiting) as (sending,):
        wait_until(lambda: panacea_gateway.requests)
        with transaction.atomic():
            locked = OutboundMessage.objects.select_for_update(nowait=True).get(pk=message.pk)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'idle in transaction'"
            )
            (waiting,) = cursor.fetchone()
        release.set()

    assert (locked.state, waiting, sending.result()) == ("WAITING", 0, 1)
    assert state(message) == ("SENT", "")


# Crashes


def taken_and_then_silent(exchange: Exchange) -> None:
    """Take the message, and never answer."""
    exchange.work()
    exchange.fake.closing.wait(30)
    exchange.hang_up()


def test_a_crash_between_sending_and_recording_sends_no_second_text_message(
    panacea_gateway: Panacea, tmp_path: Path
):
    panacea_gateway.detects_duplicates = True
    panacea_gateway.then(taken_and_then_silent)
    message = queue_sms()
    gateway = {
        "SMS_GATEWAY": "panacea",
        "PANACEA_URL": panacea_gateway.address,
        "PANACEA_USERNAME": panacea_gateway.username,
        "PANACEA_PASSWORD": panacea_gateway.password,
    }
    code = "from apps.core.tasks import send_messages; send_messages()"
    sender = Process(
        *("django", "shell", "--no-imports", "-c", code),
        env=environment(DJANGO_SETTINGS_MODULE="server.settings", **gateway),
        log=tmp_path / "sender.log",
    )

    try:
        wait_until(lambda: panacea_gateway.messages, seconds=30)
    finally:
        sender.kill()
    after_crash = state(message)
    at_once = send_waiting()
    with later(seconds=LEASE.total_seconds() + 1):
        send_waiting()

    assert (after_crash, at_once) == (("WAITING", ""), 0)
    assert state(message) == ("SENT", "")
    assert (message.attempts, len(panacea_gateway.messages)) == (2, 1)


def test_a_report_that_comes_before_the_record_settles_a_message(panacea_gateway: Panacea):
    message = queue_sms()
    OutboundMessage.objects.update(due_at=timezone.now() + LEASE)

    record_report(token=message.report_token, mask=DELIVERED)

    with later(seconds=LEASE.total_seconds() + 1):
        assert send_waiting() == 0
    assert state(message) == ("DELIVERED", "")
    assert message.text == ""
    assert panacea_gateway.requests == []


def test_a_message_that_was_erased_while_it_was_sent_is_let_go(
    panacea_gateway: Panacea, settings: Settings
):
    settings.SMS_TIMEOUT = 10
    queue_sms()
    release = Event()
    panacea_gateway.then(held(release))

    with in_background(send_waiting) as (sending,):
        wait_until(lambda: panacea_gateway.requests)
        OutboundMessage.objects.all().delete()
        release.set()

    assert sending.result() == 1
    assert not OutboundMessage.objects.exists()


def test_a_message_that_cannot_be_read_keeps_nobody_and_expires(
    panacea_gateway: Panacea, settings: Settings
):
    lost = queue_sms("+27711234002")
    settings.ENCRYPTION_KEYS = [f"other:{'A' * 43}="]
    kept = queue_sms("+27711234003")

    (outcome,) = race(send_waiting)
    send_waiting()
    with later(seconds=settings.CODE_SECONDS):
        send_waiting()

    assert isinstance(outcome, Unreadable)
    assert state(kept) == ("SENT", "")
    found = OutboundMessage.objects.filter(pk=lost.pk).values_list("state", "error", "text")
    assert found.get() == ("FAILED", "expired", "")


# Reports


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        ([SENT], ("SENT", "")),
        ([QUEUED], ("SENT", "")),
        ([DELIVERED], ("DELIVERED", "")),
        ([SENT, DELIVERED], ("DELIVERED", "")),
        ([DELIVERED, SENT], ("DELIVERED", "")),
        ([DELIVERED, DELIVERED, FAILED], ("DELIVERED", "")),
        ([UNDELIVERED], ("FAILED", "undelivered")),
        ([FAILED, SENT, QUEUED], ("FAILED", "undelivered")),
        ([FAILED, DELIVERED], ("DELIVERED", "")),
        ([SENT | DELIVERED], ("DELIVERED", "")),
        ([0, 4096], ("SENT", "")),
    ],
)
def test_reports_take_a_message_on_and_never_back(
    panacea_gateway: Panacea, masks: list[int], expected: tuple[str, str]
):
    message, noise = queue_sms(), queue_sms("+27711234009")
    send_waiting()

    for mask in masks:
        record_report(token=message.report_token, mask=mask)

    assert state(message) == expected
    assert state(noise) == ("SENT", "")
    assert (message.delivered_at is not None) is (expected[0] == "DELIVERED")


def test_reports_that_come_at_once_leave_the_furthest_state(panacea_gateway: Panacea):
    message = queue_sms()
    send_waiting()
    masks = [SENT, DELIVERED, FAILED, DELIVERED, QUEUED, UNDELIVERED] * 4

    outcomes = race(
        *[lambda mask=mask: record_report(token=message.report_token, mask=mask) for mask in masks]
    )

    assert outcomes == [None] * len(masks)
    assert state(message) == ("DELIVERED", "")


def test_a_report_of_no_message_is_refused():
    queue_sms()

    with pytest.raises(NotFound):
        record_report(token="guess", mask=DELIVERED)

    assert OutboundMessage.objects.get().state == "WAITING"


# Forgetting


def test_messages_of_a_season_ago_are_forgotten_batch_by_batch(panacea_gateway: Panacea):
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        for _ in range(3):
            queue_sms()
    kept = queue_mail()

    batches = [forget_old_messages(batch=2) for _ in range(3)]

    assert batches == [2, 1, 0]
    assert list(OutboundMessage.objects.all()) == [kept]


def test_one_task_forgets_old_messages_and_counts():
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        queue_sms()
    DailyCount.objects.create(name="old", day="2026-01-01", count=1)

    gone = tasks.forget_old_messages()

    assert (gone, OutboundMessage.objects.count(), DailyCount.objects.count()) == (2, 0, 0)


def test_nothing_of_a_message_is_in_the_logs(
    panacea_gateway: Panacea, caplog: pytest.LogCaptureFixture
):
    message = queue_sms(code="710923")

    with caplog.at_level(logging.DEBUG):
        for fault in (failing(500), answering(-16), dropped(), answering(-64)):
            panacea_gateway.always(fault)
            OutboundMessage.objects.update(state="WAITING", due_at=timezone.now())
            send_waiting()
        with suppress(NotFound):
            record_report(token=f"{message.report_token}x", mask=1)

    assert "message_refused" in caplog.text
    assert "message_put_off" in caplog.text
    secrets = (NUMBER[1:], "710923", message.report_token, panacea_gateway.password)
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_a_message_for_nobody_in_particular_has_no_user():
    message = queue_mail(to=f"{uuid4()}@example.org")

    assert message.user is None
    assert outbox.PROGRESS.keys() == set(OutboundMessage.State)
