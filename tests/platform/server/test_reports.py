"""Reports of text messages, as the provider calls them in."""

from pathlib import Path

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from apps.core.models import OutboundMessage
from apps.core.services.outbox import send_sms, send_waiting
from kernel import sms
from kernel.viewer import SYSTEM, acting_as
from tests.support.fakes.panacea import DELIVERED, FAILED, QUEUED, SENT, Panacea
from tests.support.server import serving

pytestmark = pytest.mark.django_db


def sent() -> OutboundMessage:
    """A text message that was handed over."""
    with acting_as(SYSTEM):
        context = {"code": "482913", "minutes": 10}
        found = send_sms(template="phone_code", to="+27711234001", language="en", context=context)
    send_waiting()
    return found


@pytest.fixture
def message(db: None) -> OutboundMessage:
    """A text message that the console took."""
    return sent()


def address(message: OutboundMessage) -> str:
    return f"/reports/sms/{message.report_token}"


def state(message: OutboundMessage) -> str:
    message.refresh_from_db()
    return message.state


def test_a_report_is_taken_from_the_address_by_get_and_post(
    client: Client, message: OutboundMessage
):
    answers = [
        client.get(address(message), {"status": str(SENT)}),
        client.post(f"{address(message)}?status={DELIVERED}"),
        client.post(address(message), {"status": str(FAILED)}),
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 3
    assert state(message) == "DELIVERED"


def test_another_sites_page_cannot_be_kept_from_it_by_a_cookie(message: OutboundMessage):
    answer = Client(enforce_csrf_checks=True).post(f"{address(message)}?status=1")

    assert answer.status_code == 200


def test_a_report_of_no_messageis_not_found(client: Client, message: OutboundMessage):
    assert client.get("/reports/sms/guess", {"status": "1"}).status_code == 404
    assert state(message) == "SENT"


@pytest.mark.parametrize("mask", ["", "%d", "one", "-1", "1.0", "٣", "9" * 5000])
def test_a_report_without_a_mask_is_refused(client: Client, message: OutboundMessage, mask: str):
    assert client.get(address(message), {"status": mask}).status_code == 400
    assert state(message) == "SENT"


def test_other_methods_are_refused(client: Client, message: OutboundMessage):
    answers = [client.put(f"{address(message)}?status=1"), client.delete(address(message))]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert state(message) == "SENT"


def test_django_logs_no_token(
    client: Client, message: OutboundMessage, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level("DEBUG"):
        client.get(address(message), {"status": "1"})
        client.get(address(message), {"status": "nonsense"})
        client.get(f"{address(message)}x", {"status": "1"})
        client.delete(address(message))

    assert message.report_token not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_reports_reach_a_running_server_in_any_order_and_its_log_holds_no_token(
    panacea: Panacea, settings: Settings, tmp_path: Path
):
    settings.SMS_GATEWAY, settings.PANACEA_URL = "panacea", panacea.address
    settings.PANACEA_USERNAME, settings.PANACEA_PASSWORD = panacea.username, panacea.password
    sms._gateway.cache_clear()
    with serving(tmp_path) as server:
        settings.PUBLIC_URL = server.url.removesuffix("/graphql/")
        message = sent()
        (taken,) = panacea.messages
        reports = [(taken, QUEUED), (taken, SENT), (taken, DELIVERED)]

        answers = panacea.reports(*reports, times=4, backwards=True)
        answers += panacea.reports(*reports, times=4, at_once=True)
        missing = httpx.get(f"{settings.PUBLIC_URL}/reports/sms/guess?status=1")

    sms._gateway.cache_clear()
    assert [answer.status_code for answer in answers] == [200] * 16
    assert (missing.status_code, state(message)) == (404, "DELIVERED")
    assert message.report_token not in server.log.read_text()
