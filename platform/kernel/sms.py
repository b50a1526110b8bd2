"""Sending text messages: by Panacea Mobile, or to the console where nothing is configured."""

from functools import cache
from typing import Protocol

import structlog
from django.conf import settings

from kernel.outbound import Refused, Service, Unavailable

log = structlog.get_logger(__name__)

#: Bits of a delivery report's mask (and of ``report_mask``, which says what to report).
DELIVERED, UNDELIVERED, QUEUED, SENT, FAILED = 1, 2, 4, 8, 16
REPORTED = DELIVERED | UNDELIVERED | SENT | FAILED

#: Panacea's statuses that a later try may overcome: internal, routing, connections, time-out.
TEMPORARY = frozenset({-16, -32, -4096, -8192})
ACCEPTED = frozenset({0, 1})
#: The same message was taken before: a try whose answer was lost had arrived.
DUPLICATE = -512
REFUSALS = {
    -4: "missing_parameter",
    -8: "bad_login",
    -64: "out_of_credit",
    -128: "invalid_number",
}


class SmsGateway(Protocol):
    """What sends text messages."""

    def send(self, *, to: str, text: str, report_url: str) -> str:
        """Send a text to a number in E.164 form; the provider's id of it.

        ``report_url`` is called as the message goes on. Raises Unavailable or Refused.
        """


class ConsoleSms:
    """Shows what would have been sent."""

    def send(self, *, to: str, text: str, report_url: str) -> str:
        """Write the message to the log."""
        log.info("sms", to=to, text=text)
        return "console"


class PanaceaSms:
    """Panacea Mobile's HTTP interface. Credentials travel in its addresses, so none is logged."""

    def __init__(self) -> None:
        self.service = Service("panacea", timeout=settings.SMS_TIMEOUT)

    def send(self, *, to: str, text: str, report_url: str) -> str:
        """Hand the message to Panacea."""
        answer = self.service.request(
            "GET",
            f"{settings.PANACEA_URL.rstrip('/')}/json",
            params={
                "action": "message_send",
                "username": settings.PANACEA_USERNAME,
                "password": settings.PANACEA_PASSWORD,
                "to": to,
                "text": text,
                "from": settings.PANACEA_FROM,
                "report_mask": str(REPORTED),
                "report_url": report_url,
            },
        )
        try:
            body = answer.json()
            status, details = int(body["status"]), str(body.get("details", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unavailable("Panacea's answer cannot be read.") from error
        if status in ACCEPTED or status == DUPLICATE:
            return details
        if status in TEMPORARY:
            raise Unavailable(f"Panacea answered {status}.")
        raise Refused(REFUSALS.get(status, "refused"), f"Panacea answered {status}.")


GATEWAYS: dict[str, type[SmsGateway]] = {"console": ConsoleSms, "panacea": PanaceaSms}


@cache
def _gateway(name: str) -> SmsGateway:
    return GATEWAYS[name]()


def sms_gateway() -> SmsGateway:
    """The gateway that the setting SMS_GATEWAY names; one in a process, for its breaker."""
    return _gateway(settings.SMS_GATEWAY)
