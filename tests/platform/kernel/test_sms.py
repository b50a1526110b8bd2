"""Text messages by Panacea Mobile, against a server that speaks as it does."""

import logging
import time
import traceback

import pytest
from pytest_django import Settings

from kernel import sms
from kernel.outbound import Refused, Unavailable
from kernel.sms import PanaceaSms, sms_gateway
from tests.support.fakes.base import Fault, cut_short, dropped, failing, garbled, slow
from tests.support.fakes.panacea import Panacea, answering

NUMBER = "+27711234001"
REPORT_URL = "https://fundi.test/reports/sms/secret-token?status=%d"


@pytest.fixture
def gateway(panacea: Panacea, settings: Settings) -> PanaceaSms:
    """A gateway to the fake, with its breaker closed."""
    settings.PANACEA_URL = panacea.address
    settings.PANACEA_USERNAME, settings.PANACEA_PASSWORD = panacea.username, panacea.password
    settings.PANACEA_FROM = "Fundi"
    settings.SMS_TIMEOUT = 0.3
    gateway = PanaceaSms()
    gateway.service.pause = 0.01
    return gateway


def send(gateway: PanaceaSms, text: str = "Your code is 482913") -> str:
    return gateway.send(to=NUMBER, text=text, report_url=REPORT_URL)


def test_a_message_is_handed_over_with_the_address_of_its_reports(
    gateway: PanaceaSms, panacea: Panacea
):
    found = send(gateway, "Привет & bonjour")

    (message,) = panacea.messages
    assert found == message.id
    assert (message.to, message.text, message.sender) == (NUMBER, "Привет & bonjour", "Fundi")
    assert (message.report_mask, message.report_url) == (1 | 2 | 8 | 16, REPORT_URL)


@pytest.mark.parametrize(
    "fault",
    [failing(500), failing(503), failing(429), dropped(), slow(1), cut_short],
    ids=["500", "503", "429", "dropped", "slow", "cut short"],
)
def test_what_passes_is_tried_again(gateway: PanaceaSms, panacea: Panacea, fault: Fault):
    panacea.detects_duplicates = True
    panacea.then(fault, fault)

    send(gateway)

    assert len(panacea.requests) == 3
    assert len(panacea.messages) == 1


def test_a_silent_server_is_left_after_three_tries(gateway: PanaceaSms, panacea: Panacea):
    panacea.always(slow(5))

    start = time.monotonic()
    with pytest.raises(Unavailable):
        send(gateway)

    assert len(panacea.requests) == 3
    assert 0.9 <= time.monotonic() - start < 2.5


def test_a_try_whose_answer_was_lost_had_arrived(gateway: PanaceaSms, panacea: Panacea):
    panacea.detects_duplicates = True
    panacea.then(dropped(works=True))

    send(gateway)

    assert len(panacea.requests) == 2
    assert len(panacea.messages) == 1


@pytest.mark.parametrize("status", [-16, -32, -4096, -8192])
def test_a_passing_trouble_of_panaceas_is_for_later(
    gateway: PanaceaSms, panacea: Panacea, status: int
):
    panacea.then(answering(status))

    with pytest.raises(Unavailable):
        send(gateway)

    assert len(panacea.requests) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((-4, "missing_parameter"), (-8, "bad_login"), (-64, "out_of_credit")),
        *((-128, "invalid_number"), (-2, "refused")),
    ],
)
def test_a_refusal_has_a_code_and_is_not_tried_again(
    gateway: PanaceaSms, panacea: Panacea, status: int, code: str
):
    panacea.then(answering(status))

    with pytest.raises(Refused) as refusal:
        send(gateway)

    assert refusal.value.code == code
    assert len(panacea.requests) == 1


def test_an_answer_that_cannot_be_read_is_for_later(gateway: PanaceaSms, panacea: Panacea):
    panacea.then(garbled)

    with pytest.raises(Unavailable):
        send(gateway)


def test_the_breaker_opens_after_failures_and_closes_when_a_call_works(
    gateway: PanaceaSms, panacea: Panacea
):
    breaker = gateway.service.breaker
    panacea.always(failing(500))
    for _ in range(breaker.failures_to_open + 3):
        with pytest.raises(Unavailable):
            send(gateway)
    open_after = len(panacea.requests)

    panacea.recover()
    with pytest.raises(Unavailable):
        send(gateway)
    breaker.opened_at -= breaker.seconds_open
    send(gateway, "once")
    send(gateway, "again")

    assert open_after == 3 * breaker.failures_to_open
    assert [message.text for message in panacea.messages] == ["once", "again"]


def test_an_open_breaker_lets_one_call_through_after_its_pause(
    gateway: PanaceaSms, panacea: Panacea
):
    breaker = gateway.service.breaker
    panacea.always(failing(500))
    breaker.failures = breaker.failures_to_open

    for _ in range(3):
        with pytest.raises(Unavailable):
            send(gateway)

    assert len(panacea.requests) == 3


def test_neither_logs_nor_exceptions_hold_credentials_or_messages(
    gateway: PanaceaSms, panacea: Panacea, caplog: pytest.LogCaptureFixture
):
    troubles = [failing(500), dropped(), slow(1), cut_short, garbled, answering(-8), answering(-16)]
    told = []

    with caplog.at_level(logging.DEBUG):
        for trouble in troubles:
            panacea.then(trouble, trouble, trouble)
            with pytest.raises((Unavailable, Refused)) as failure:
                send(gateway)
            told += traceback.format_exception(failure.value)
            panacea.recover()
            gateway.service.breaker.failures = 0
        send(gateway)

    everything = "".join(told) + caplog.text
    assert "outside_call_failed" in caplog.text
    secrets = (panacea.password, panacea.username + "&", NUMBER[1:], "482913", "secret-token")
    assert [secret for secret in secrets if secret in everything] == []


def test_the_console_shows_what_would_have_been_sent(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings.SMS_GATEWAY = "console"

    with caplog.at_level(logging.INFO):
        found = sms_gateway().send(to=NUMBER, text="Your code is 482913", report_url=REPORT_URL)

    assert found == "console"
    assert NUMBER in caplog.text
    assert "Your code is 482913" in caplog.text


def test_a_process_has_one_gateway_and_so_one_breaker(settings: Settings):
    settings.SMS_GATEWAY = "panacea"
    sms._gateway.cache_clear()

    first, second = sms_gateway(), sms_gateway()

    assert isinstance(first, PanaceaSms)
    assert first is second
    sms._gateway.cache_clear()
