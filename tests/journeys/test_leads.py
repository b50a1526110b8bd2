"""A lead from who asks to who has done the work, each with an app and a phone of their own."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.services.sessions import start_session
from apps.leads.services.refund_reasons import ensure_refund_reasons
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.fakes.phones import Phones
from tests.support.graphql import gid
from tests.support.house import House, running_valkey
from tests.support.node import journey
from tests.support.server import Server, free_port

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "+27821230009"
EVENTS = {
    "ben": [
        *("tap LeadCreated", "tap LeadVerified", "tap LeadMatched", "tap LeadAssigned"),
        *("tap LeadAssigned", "tap LeadViewed", "tap LeadQuoted", "tap LeadLost", "tap LeadWon"),
        *("hedge LeadCreated", "hedge LeadVerified", "hedge LeadMatched", "hedge LeadAssigned"),
        *("hedge LeadWon", "tap LeadConverted"),
    ],
    "ada": ["tap LeadAssigned", "tap LeadLost", "hedge LeadAssigned", "hedge LeadWon"],
    "finn": [
        *("tap LeadOffered", "tap LeadAssigned", "tap LeadViewed", "tap LeadQuoted"),
        "tap LeadWon",
    ],
    "gail": ["tap LeadOffered", "tap LeadTaken"],
}


@dataclass(frozen=True)
class Town:
    """Where leads come about: the processes, and the phones of who lives there."""

    house: House
    server: Server
    phones: Phones

    def goes_through(self, script: str, world: dict[str, Any]) -> Any:
        """What a script saw, or what all processes said where it failed."""
        places = {"url": self.server.url, "wsUrl": self.server.ws_url}
        told = json.dumps({**places, "phones": self.phones.address, **world})
        try:
            return journey(script, told)
        except AssertionError:
            print(self.house.log()[-20_000:])
            raise


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    """Web and worker at work, and text messages that arrive."""
    port, phones = free_port(), Phones()
    settings = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SMS_GATEWAY": "panacea",
        "PANACEA_URL": phones.address,
        "PANACEA_USERNAME": phones.username,
        "PANACEA_PASSWORD": phones.password,
    }
    with ExitStack() as stack:
        house = House(stack.enter_context(running_valkey()), tmp_path, **settings)
        stack.callback(house.close)
        stack.enter_context(phones)
        house.worker()
        server = house.web(port=port)
        house.await_worker()
        ensure_refund_reasons()
        yield Town(house, server, phones)


def _world(cast: Cast) -> dict[str, Any]:
    """Three who repair taps near Ben, of whom Ada cuts hedges too, and the tokens of all."""
    tap, hedge, area = SubcategoryFactory(), SubcategoryFactory(), AreaFactory()
    users = {"ada": cast.ada, "ben": cast.ben, "dora": cast.dora}
    users |= {name: UserFactory(name=name.title()) for name in ("finn", "gail")}
    adas, finns = cast.ada_business, ProviderFactory(user=users["finn"])
    for provider in (adas, finns, ProviderFactory(user=users["gail"])):
        OfferedServiceFactory(provider=provider, subcategory=tap)
    OfferedServiceFactory(provider=adas, subcategory=hedge)
    rows = {"service": tap, "category": tap.category, "gardening": hedge.category, "area": area}
    ids = {name: gid(row) for name, row in (rows | {"adas": adas, "finns": finns}).items()}
    tokens = {name: start_session(user=user).access_token for name, user in users.items()}
    return {"tokens": tokens, **ids}


def _broken() -> list[str]:
    """What ``manage.py verify_invariants`` finds."""
    told = StringIO()
    with suppress(CommandError):
        call_command("verify_invariants", stdout=told)
    return [line for line in told.getvalue().splitlines() if not line.startswith("ok")]


def test_a_lead_is_confirmed_claimed_priced_won_ordered_and_reviewed(town: Town, cast: Cast):
    saw = town.goes_through("leads.mjs", _world(cast))

    assert (saw["purchase"], saw["before"]) == ("12.00", [20, 12, 0])
    assert (saw["posted"], saw["wrong"]) == (["PENDING", True, 34], "invalid_code")
    assert (saw["delivery"], saw["confirmed"]) == ("DELIVERED", ["VERIFIED", False, 69])
    assert saw["offered"] == ["A tap drips, call •••", 4, 1, 2, None, None, None]
    ben = ["Ben Botha", "+27821230001", "ben@example.org"]
    assert saw["claimed"] == ["A tap drips, call 082 123 0001", 4, 0, 2, *ben]
    assert (saw["withoutCredits"], saw["tooLate"]) == ("insufficient_credits", "no_seat_left")
    assert (saw["claimedOnce"], saw["paid"]) == (True, [16, 8, 0])
    assert saw["ledgers"] == [
        [["ADJUSTMENT", 20, 20], ["DEDUCTION", -4, 16]],
        [["PURCHASE", 12, 12], ["DEDUCTION", -4, 8]],
    ]
    assert (saw["sameRoom"], saw["notAdas"]) == (True, "not_found")
    assert (
        saw["said"] == [[["Ben Botha", "What would it cost?"], ["Finn", "I could come today"]]] * 2
    )
    assert saw["quotes"] == [["ASSIGNED", None], ["QUOTED", "950.00"]]
    assert (saw["results"], saw["order"]) == (["LOST", "WON"], ["ASSIGNED", "950.00"])
    assert saw["heardWhileAway"] == ["LeadAssigned"]
    live, whole = saw["onceEach"]
    assert (live, len(set(whole))) == (whole, 4)
    assert (saw["tooEarly"], saw["twice"]) == ("not_finished", ["already_reviewed"] * 2)
    assert saw["hidden"] == [["0.00", 0, "CLIENT 4"], ["0.00", 0]]
    both = ["4.00", 1, "CLIENT 4", "PROVIDER 5"]
    assert saw["revealed"] == [both, both, ["4.00", 1, "CLIENT 4"]]
    assert saw["unanswered"] == [["0.00", 0, "CLIENT 2"], ["0.00", 0]]
    assert saw["events"] == EVENTS
    assert _broken() == []


def test_what_a_lead_cost_comes_back_by_a_rule_and_by_staff(town: Town, cast: Cast):
    town.phones.away.add(NOBODY)

    saw = town.goes_through("refunds.mjs", {**_world(cast), "nobody": NOBODY})

    assert (saw["nowhere"], saw["posted"]) == ("PENDING", ["PENDING", True])
    assert (saw["withoutToken"], saw["othersToken"]) == ("not_found", "not_found")
    assert (saw["confirmed"], saw["number"]) == ("VERIFIED", "+27821230002")
    assert (saw["withoutEvidence"], saw["asked"]) == ("evidence_needed", ["ASSIGNED", "REQUESTED"])
    assert saw["once"] == "REQUESTED"
    assert saw["queue"] == [["duplicate", ""], ["unreachable", "Called on three days"]]
    assert (saw["notStaff"], saw["decidedTwice"]) == ("not_allowed", "refund_decided")
    assert saw["numberAfter"] is None
    assert saw["answers"] == ["granted", "not_refundable", "not_refundable"]
    assert saw["called"] == "CANCELLED"
    assert saw["ledgers"] == [
        [["BONUS", 10, 10], ["DEDUCTION", -4, 6], ["DEDUCTION", -4, 2], ["REFUND", 4, 6]],
        [["BONUS", 10, 10], ["DEDUCTION", -4, 6], ["REFUND", 4, 10]],
    ]
    assert saw["events"] == {
        "ada": [
            *("LeadAssigned", "LeadRefundRequested", "LeadRefundRejected"),
            *("LeadAssigned", "LeadRefundRequested", "LeadRefundApproved"),
        ],
        "finn": [
            *("LeadOffered", "LeadAssigned", "LeadRefundRequested", "LeadRefundApproved"),
            *("LeadOffered", "LeadOfferEnded"),
        ],
        "gail": [],
    }
    assert _broken() == []
