"""The fake mail server."""

import smtplib
import time
from email.message import EmailMessage
from threading import Event

import pytest

from tests.support.fakes.smtp import Smtp, answering, busy, dropped, held, slow
from tests.support.threads import in_background, wait_until


def _send(smtp: Smtp, *recipients: str, timeout: float = 10) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "fundi@example.com", "ada@example.com"
    message["Subject"] = "Wëlcome"
    message.set_content("Plain ünd simple.\n")
    message.add_alternative("<p>Fancy</p>\n", subtype="html")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=timeout) as client:
        client.send_message(message, to_addrs=recipients or None)


def test_it_keeps_a_mail_in_its_parts(smtp: Smtp):
    _send(smtp, "ada@example.com", "hidden@example.com")

    (mail,) = smtp.mails
    assert mail.sender == "fundi@example.com"
    assert mail.recipients == ("ada@example.com", "hidden@example.com")
    assert mail.subject == "Wëlcome"
    assert (mail.text, mail.html) == ("Plain ünd simple.\n", "<p>Fancy</p>\n")
    assert mail.message["To"] == "ada@example.com"


@pytest.mark.parametrize(("kind", "code"), [("refused", 550), ("deferred", 451)])
def test_it_refuses_a_recipient(smtp: Smtp, kind: str, code: int):
    getattr(smtp, kind).add("nobody@example.com")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        _send(smtp, "nobody@example.com")
    _send(smtp, "nobody@example.com", "ada@example.com")

    assert refusal.value.recipients["nobody@example.com"][0] == code
    assert [mail.recipients for mail in smtp.mails] == [("ada@example.com",)]


def test_it_can_have_no_time_or_another_objection(smtp: Smtp):
    smtp.then(busy, answering("552 5.3.4 The message is too big."))

    codes = []
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            _send(smtp)
        codes.append(refusal.value.smtp_code)
    _send(smtp)

    assert codes == [451, 552]
    assert len(smtp.mails) == 1


def test_it_can_be_slow(smtp: Smtp):
    smtp.then(slow(0.3), slow(30))

    start = time.monotonic()
    _send(smtp)
    took = time.monotonic() - start
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        _send(smtp, timeout=0.2)

    assert took >= 0.3
    assert len(smtp.mails) == 1


def test_it_can_be_held(smtp: Smtp):
    release = Event()
    smtp.then(held(release))

    with in_background(lambda: _send(smtp)) as (waiting,):
        wait_until(lambda: smtp.handovers)
        before = list(smtp.mails)
        release.set()

    assert (before, waiting.result(), len(smtp.mails)) == ([], None, 1)


@pytest.mark.parametrize(("keeps", "kept"), [(False, 0), (True, 1)])
def test_it_can_hang_up_before_and_after_keeping(smtp: Smtp, keeps: bool, kept: int):
    smtp.then(dropped(keeps=keeps))

    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp)

    assert len(smtp.mails) == kept


def test_an_outage_lasts_until_it_is_over(smtp: Smtp):
    smtp.always(busy)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError):
            _send(smtp)

    smtp.recover()
    _send(smtp)

    assert len(smtp.mails) == 1
