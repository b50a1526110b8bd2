"""Following leads live: each side hears of what concerns it, and nobody else of anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.core.services.event_log import deliver_due
from apps.leads.models import Lead
from apps.leads.services.handing import claim_lead
from apps.leads.services.leads import cancel_lead, reject_lead, verify_confirmed
from apps.leads.services.outcomes import contact_lead, quote_lead, view_assignment, win_lead
from apps.leads.services.refunds import request_refund
from apps.leads.services.transitions import locked
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.catalog import SubcategoryFactory
from tests.factories.credits import give_credits
from tests.factories.leads import LeadFactory, bought_lead, offer, open_lead
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.followers import following
from tests.support.graphql import gid
from tests.support.server import serving
from tests.support.sockets import Socket, connected

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = """subscription($after: String) { leadEvents(after: $after) {
  type cursor lead { id contactPhone } assignment { id refundStatus }
} }"""


@contextmanager
def _following(folder: Path, *users: User) -> Iterator[list[Socket]]:
    """The sockets of users who follow their leads."""
    with serving(folder) as server, following(server, FOLLOW, *users) as sockets:
        assert all(socket.is_silent() for socket in sockets)
        yield sockets


def _events(socket: Socket, *, until: str) -> list[dict[str, object]]:
    """What a socket hears up to a fact."""
    heard: list[dict[str, object]] = []
    while not heard or heard[-1]["type"] != until:
        heard.append(socket.answer()["1"]["data"]["leadEvents"])
    return heard


def _heard(socket: Socket, *, until: str) -> list[object]:
    return [event["type"] for event in _events(socket, until=until)]


def test_each_side_hears_of_its_part_and_nobody_else_of_anything(tmp_path: Path, cast: Cast):
    rival, cleo = ProviderFactory(), cast.cleo
    lead = open_lead(client=cast.ben, max_providers=1)
    for provider in (cast.ada_business, rival):
        offer(lead, provider)
        give_credits(provider, 4)

    with _following(tmp_path, cast.ada, cast.ben, rival.user_profile.user, cleo) as sockets:
        held = claim_lead(lead=lead, provider=cast.ada_business)
        view_assignment(assignment=held)
        contact_lead(assignment=held)
        quote_lead(assignment=held, amount=Money(100_00, "ZAR"))
        win_lead(assignment=held)
        ada, ben = (_events(socket, until="LeadWon") for socket in sockets[:2])
        other = _events(sockets[2], until="LeadTaken")
        is_quiet = [socket.is_silent() for socket in sockets]

    steps = ["LeadAssigned", "LeadViewed", "LeadContacted", "LeadQuoted", "LeadWon"]
    assert [[event["type"] for event in heard] for heard in (ada, ben)] == [steps, steps]
    assert ada[0]["lead"] == {"id": gid(lead), "contactPhone": "+27821234567"}
    assert ada[0]["assignment"] == {"id": gid(held), "refundStatus": "NONE"}
    assert ben[0]["assignment"] == {"id": gid(held), "refundStatus": None}
    assert [(e["type"], e["lead"], e["assignment"]) for e in other] == [
        ("LeadTaken", {"id": gid(lead), "contactPhone": None}, None)
    ]
    assert is_quiet == [True] * 4


def test_a_lead_is_matched_offered_and_ends(tmp_path: Path, cast: Cast):
    service = SubcategoryFactory()
    OfferedServiceFactory(provider=cast.ada_business, subcategory=service)
    place = {"latitude": -33.93, "longitude": 18.46, "category": service.category}
    lead = LeadFactory(client=cast.ben, pending=True, **place)

    with _following(tmp_path, cast.ada, cast.ben) as (ada, ben):
        _verify(lead)
        offered = _heard(ada, until="LeadOffered")
        cancel_lead(lead=lead)
        _deliver()
        told = [
            offered + _heard(ada, until="LeadOfferEnded"),
            _heard(ben, until="LeadCancelled"),
        ]

    assert told[0] == ["LeadOffered", "LeadOfferEnded"]
    assert told[1] == ["LeadVerified", "LeadMatched", "LeadCancelled"]


def test_what_comes_of_a_refund_is_for_the_provider_alone(tmp_path: Path, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)

    with _following(tmp_path, cast.ada, cast.ben) as (ada, ben):
        request_refund(assignment=held, reason=RefundReasonFactory())
        reject_lead(lead=held.lead, reason=held.lead.RejectionReason.SPAM)
        _deliver()
        told = _heard(ada, until="LeadRefundApproved"), _heard(ben, until="LeadRejected")
        is_quiet = ben.is_silent()

    refund = ["LeadRefundRequested", "LeadCalledOff", "LeadRefundApproved"]
    assert told == (refund, ["LeadRejected"])
    assert is_quiet


def test_who_was_away_reads_on_behind_the_last_event(tmp_path: Path, cast: Cast):
    lead = open_lead(client=cast.ben)
    offer(lead, cast.ada_business)
    give_credits(cast.ada_business, 4)

    with serving(tmp_path) as server:
        with following(server, FOLLOW, cast.ben) as (socket,):
            assert socket.is_silent()
            held = claim_lead(lead=lead, provider=cast.ada_business)
            (first,) = _events(socket, until="LeadAssigned")
        view_assignment(assignment=held)
        contact_lead(assignment=held)
        with following(server, FOLLOW, cast.ben, after=first["cursor"]) as (socket,):
            missed = _heard(socket, until="LeadContacted")
            win_lead(assignment=held)
            live = _heard(socket, until="LeadWon")

    assert (missed, live) == (["LeadViewed", "LeadContacted"], ["LeadWon"])


def test_the_signed_out_hear_nothing(tmp_path: Path, cast: Cast):
    with serving(tmp_path) as server, connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", FOLLOW)

        assert socket.error() == ("1", "not_signed_in")


def _verify(lead: Lead) -> None:
    """Have a lead be confirmed and handed out."""
    with transaction.atomic():
        verify_confirmed(locked(lead))
    _deliver()


def _deliver() -> None:
    while deliver_due():
        pass
