"""Mails by SMTP and by a provider's API, against servers that speak as they do."""

import logging
import time
import traceback
from collections.abc import Iterator
from threading import Event

import pytest
from pytest_django import Settings

from kernel import mail
from kernel.mail import BackendMail, Mail, mail_gateway
from kernel.outbound import Refused, Unavailable
from tests.support.fakes import smtp as smtp_faults
from tests.support.fakes.base import Answer, Fake, Fault, Request, dropped, failing, garbled, slow
from tests.support.fakes.smtp import Smtp, answering, busy
from tests.support.threads import in_background, wait_until

LETTER = Mail(
    id="01941f29-7c33-7cfe-9e8a-d15647a1661a",
    to="ada@example.org",
    subject="Подтвердите адрес",
    text="Your code is 482913 — bonne journée.\n",
    html="<p>Your code is 482913</p>\n",
)
#: Postmark's own words, which are read for the addresses.
INACTIVE = "Found inactive addresses: inactive@example.org. Inactive recipients are left alone."


class Postmark(Fake):
    """Postmark, as its API for single mails is documented."""

    token = "postmark-token"

    def answer(self, request: Request) -> Answer:
        """Take a mail."""
        if request.headers["X-Postmark-Server-Token"] != self.token:
            return Answer.of_json({"ErrorCode": 10, "Message": "Bad or missing token."}, 401)
        if "inactive" in request.json()["To"]:
            return Answer.of_json({"ErrorCode": 406, "Message": INACTIVE}, 422)
        body = {"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": request.json()["To"]}
        return Answer.of_json(body)


@pytest.fixture
def postmark() -> Iterator[Postmark]:
    """A provider of mail."""
    with Postmark() as fake:
        yield fake


def _quick() -> BackendMail:
    """A gateway that hardly waits between its tries."""
    gateway = BackendMail()
    gateway.service.pause = 0.01
    return gateway


@pytest.fixture
def by_smtp(smtp: Smtp, settings: Settings) -> BackendMail:
    """A gateway to the fake mail server, with its breaker closed."""
    settings.EMAIL_GATEWAY = "smtp"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp.host, smtp.port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 0.3
    settings.DEFAULT_FROM_EMAIL = "Fundi <hello@fundi.test>"
    return _quick()


@pytest.fixture
def by_api(postmark: Postmark, settings: Settings) -> BackendMail:
    """A gateway to the fake provider, with its breaker closed."""
    settings.EMAIL_GATEWAY = "postmark"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Fundi <hello@fundi.test>"
    settings.ANYMAIL = {
        "REQUESTS_TIMEOUT": 0.3,
        "POSTMARK_SERVER_TOKEN": postmark.token,
        "POSTMARK_API_URL": postmark.address,
    }
    return _quick()


# SMTP


def test_a_mail_arrives_as_it_was_written(by_smtp: BackendMail, smtp: Smtp):
    found = by_smtp.send(LETTER)

    (arrived,) = smtp.mails
    assert (arrived.sender, arrived.recipients) == ("hello@fundi.test", ("ada@example.org",))
    assert (arrived.subject, arrived.text, arrived.html) == (
        *(LETTER.subject, LETTER.text, LETTER.html),
    )
    assert arrived.message["From"] == "Fundi <hello@fundi.test>"
    assert found == arrived.message["Message-ID"] == f"<{LETTER.id}@fundi.test>"
    assert arrived.message["X-Fundi-Message"] == LETTER.id
    assert arrived.message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "fault",
    [busy, answering("421 4.3.2 Going down."), smtp_faults.dropped(), smtp_faults.slow(1)],
    ids=["busy", "421", "dropped", "slow"],
)
def test_what_passes_is_tried_again(by_smtp: BackendMail, smtp: Smtp, fault: smtp_faults.Fault):
    smtp.then(fault, fault)

    by_smtp.send(LETTER)

    assert len(smtp.handovers) == 3


def test_a_mail_has_the_same_id_on_every_try(by_smtp: BackendMail, smtp: Smtp):
    smtp.then(smtp_faults.dropped(keeps=True))

    by_smtp.send(LETTER)

    ids = [arrived.message["Message-ID"] for arrived in smtp.mails]
    assert ids == [f"<{LETTER.id}@fundi.test>"] * 2


def test_a_silent_mail_server_is_left_after_three_tries(by_smtp: BackendMail, smtp: Smtp):
    release = Event()
    smtp.always(smtp_faults.held(release))

    start = time.monotonic()
    with pytest.raises(Unavailable):
        by_smtp.send(LETTER)
    took = time.monotonic() - start
    release.set()

    assert len(smtp.handovers) == 3
    assert 0.9 <= took < 4


def test_a_server_that_is_not_there_is_for_later(by_smtp: BackendMail, settings: Settings):
    settings.EMAIL_PORT = 1

    with pytest.raises(Unavailable):
        by_smtp.send(LETTER)


def test_a_recipient_who_may_be_there_later_is_tried_again(by_smtp: BackendMail, smtp: Smtp):
    smtp.deferred.add(LETTER.to)

    with pytest.raises(Unavailable):
        by_smtp.send(LETTER)

    assert smtp.mails == []


def test_a_refused_recipient_is_not_tried_again(by_smtp: BackendMail, smtp: Smtp):
    smtp.refused.add(LETTER.to)

    with pytest.raises(Refused) as refusal:
        by_smtp.send(LETTER)

    assert refusal.value.code == "recipient_refused"
    assert by_smtp.service.breaker.failures == 0


def test_a_refused_mail_is_not_tried_again(by_smtp: BackendMail, smtp: Smtp):
    smtp.then(answering("552 5.3.4 The message is too big."))

    with pytest.raises(Refused) as refusal:
        by_smtp.send(LETTER)

    assert refusal.value.code == "refused"
    assert len(smtp.handovers) == 1


def test_the_breaker_opens_after_failures_and_closes_when_a_mail_goes_out(
    by_smtp: BackendMail, smtp: Smtp
):
    smtp.always(busy)
    for _ in range(by_smtp.service.breaker.failures_to_open + 3):
        with pytest.raises(Unavailable):
            by_smtp.send(LETTER)
    open_after = len(smtp.handovers)

    smtp.recover()
    with pytest.raises(Unavailable):
        by_smtp.send(LETTER)
    by_smtp.service.breaker.opened_at -= by_smtp.service.breaker.seconds_open
    by_smtp.send(LETTER)
    by_smtp.send(LETTER)

    assert open_after == 3 * by_smtp.service.breaker.failures_to_open
    assert len(smtp.mails) == 2


@pytest.mark.parametrize("to", ["", "ada@example.org\nBcc: cleo@example.org"])
def test_what_is_no_address_is_refused(by_smtp: BackendMail, smtp: Smtp, to: str):
    letter = Mail(id="1", to=to, subject="x", text="x")

    with pytest.raises(Refused):
        by_smtp.send(letter)

    assert smtp.mails == []


def test_mails_go_out_side_by_side(by_smtp: BackendMail, smtp: Smtp, settings: Settings):
    settings.EMAIL_TIMEOUT = 10
    release = Event()
    smtp.then(smtp_faults.held(release), smtp_faults.held(release))

    with in_background(lambda: by_smtp.send(LETTER), lambda: by_smtp.send(LETTER)) as sending:
        wait_until(lambda: len(smtp.handovers) == 2)
        release.set()

    assert [future.exception() for future in sending] == [None, None]


# A provider's API


def test_a_mail_goes_to_the_provider(by_api: BackendMail, postmark: Postmark):
    found = by_api.send(LETTER)

    (request,) = postmark.requests
    body = request.json()
    assert found == "pm-1"
    assert (body["To"], body["Subject"]) == (LETTER.to, LETTER.subject)
    assert (body["TextBody"], body["HtmlBody"]) == (LETTER.text, LETTER.html)
    assert {"Name": "X-Fundi-Message", "Value": LETTER.id} in body["Headers"]


@pytest.mark.parametrize(
    "fault",
    [failing(500), failing(503), failing(429), dropped(), slow(1), garbled],
    ids=["500", "503", "429", "dropped", "slow", "garbled"],
)
def test_a_providers_passing_trouble_is_tried_again(
    by_api: BackendMail, postmark: Postmark, fault: Fault
):
    postmark.then(fault, fault)

    by_api.send(LETTER)

    assert len(postmark.requests) == 3


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"to": "inactive@example.org"}, "recipient_refused"), ({"to": "@"}, "invalid_mail")],
)
def test_a_provider_refuses_a_recipient(
    by_api: BackendMail, postmark: Postmark, changed: dict[str, str], code: str
):
    letter = Mail(id="1", subject="x", text="x", **changed)

    with pytest.raises(Refused) as refusal:
        by_api.send(letter)

    assert refusal.value.code == code
    assert len(postmark.requests) <= 1


@pytest.mark.parametrize(("status", "code"), [(400, "refused"), (401, "bad_login")])
def test_a_provider_refuses_for_good(
    by_api: BackendMail, postmark: Postmark, status: int, code: str
):
    postmark.then(failing(status))

    with pytest.raises(Refused) as refusal:
        by_api.send(LETTER)

    assert refusal.value.code == code
    assert len(postmark.requests) == 1


# Both


def test_neither_logs_nor_exceptions_hold_what_was_sent_to_whom(
    by_smtp: BackendMail,
    smtp: Smtp,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
):
    settings.EMAIL_HOST_PASSWORD = "smtp-password"
    told = []
    caplog.set_level(logging.CRITICAL, "mail.log")  # the fake's own

    with caplog.at_level(logging.DEBUG):
        for trouble in (busy, answering("552 5.3.4 482913"), smtp_faults.dropped()):
            smtp.then(trouble, trouble, trouble)
            with pytest.raises((Unavailable, Refused)) as failure:
                by_smtp.send(LETTER)
            told += traceback.format_exception(failure.value)
        smtp.refused.add(LETTER.to)
        with pytest.raises(Refused) as failure:
            by_smtp.send(LETTER)
        told += traceback.format_exception(failure.value)

    everything = "".join(told) + caplog.text
    assert "mail_failed" in caplog.text
    secrets = ("smtp-password", "482913", LETTER.to)
    assert [secret for secret in secrets if secret in everything] == []


def test_neither_logs_nor_exceptions_hold_a_providers_key(
    by_api: BackendMail, postmark: Postmark, caplog: pytest.LogCaptureFixture
):
    told = []

    with caplog.at_level(logging.DEBUG):
        for trouble in (failing(500), failing(400), dropped(), slow(1), garbled):
            postmark.then(trouble, trouble, trouble)
            with pytest.raises((Unavailable, Refused)) as failure:
                by_api.send(LETTER)
            told += traceback.format_exception(failure.value)
            postmark.recover()

    everything = "".join(told) + caplog.text
    secrets = (postmark.token, "482913", LETTER.to)
    assert [secret for secret in secrets if secret in everything] == []


def test_the_console_shows_what_would_have_been_sent(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings.EMAIL_GATEWAY = "console"

    with caplog.at_level(logging.INFO):
        found = mail_gateway().send(LETTER)

    assert found == "console"
    assert LETTER.to in caplog.text
    assert "Your code is 482913" in caplog.text


def test_a_process_has_one_gateway_and_so_one_breaker(settings: Settings):
    settings.EMAIL_GATEWAY = "smtp"
    mail._gateway.cache_clear()

    first, second = mail_gateway(), mail_gateway()

    assert isinstance(first, BackendMail)
    assert first is second
    mail._gateway.cache_clear()
