"""Mutations of work: visits, reports, how it ends, and disputes."""

from datetime import timedelta
from typing import Any

from kernel import clock
from tests.architecture.isolation.actors import ADMIN, PARTY
from tests.architecture.isolation.asking import File
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Person, Side
from tests.factories.orders import (
    AssignmentFactory,
    BidFactory,
    DisputeFactory,
    OrderFactory,
    VisitFactory,
)

BOTH = frozenset({PARTY})


def _work(client: Person, worker: Person, status: str) -> Any:
    """An order that a worker carries out, in a state."""
    order = OrderFactory(client_profile=client.client, status=status, bid_count=1)
    AssignmentFactory(bid=BidFactory(order=order, provider=worker.provider, accepted=True))
    return order


@valid("startOrder")
def _start_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.other, side.me, "ASSIGNED"))}


@valid("addProgressNote")
def _add_progress_note(side: Side) -> Input:
    order = _work(side.other, side.me, "IN_PROGRESS")
    return {"orderId": gid(order), "text": "Half of it is done.", "photos": [File()]}


@valid("completeOrder")
def _complete_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.other, side.me, "IN_PROGRESS")), "notes": "Done."}


@valid("confirmOrder")
def _confirm_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.me, side.other, "COMPLETED"))}


@valid("withdrawFromOrder")
def _withdraw_from_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.other, side.me, "ASSIGNED")), "reason": "My van broke."}


@valid("cancelOrder")
def _cancel_order(side: Side) -> Input:
    return {"orderId": gid(_work(side.me, side.other, "ASSIGNED")), "reason": "Too dear."}


@valid("proposeVisit", open_to={"orderId": BOTH})
def _propose_visit(side: Side) -> Input:
    starts_at = clock.now() + timedelta(days=2)
    return {
        "orderId": gid(_work(side.me, side.other, "ASSIGNED")),
        "startsAt": starts_at.isoformat(),
        "endsAt": (starts_at + timedelta(hours=1)).isoformat(),
    }


@valid("confirmVisit", open_to={"visitId": BOTH})
@valid("cancelVisit", open_to={"visitId": BOTH})
def _visit(side: Side) -> Input:
    order = _work(side.me, side.other, "ASSIGNED")
    return {"visitId": gid(VisitFactory(order=order, proposed_by="PROVIDER"))}


@valid("openDispute", open_to={"orderId": BOTH})
def _open_dispute(side: Side) -> Input:
    order = _work(side.me, side.other, "IN_PROGRESS")
    return {"orderId": gid(order), "disputeType": "QUALITY", "description": "It still drips."}


@valid("addDisputeEvidence", open_to={"disputeId": BOTH})
def _add_dispute_evidence(side: Side) -> Input:
    return {"disputeId": gid(_dispute(side)), "text": "See for yourselves.", "files": [File()]}


@valid("reviewDispute", by=ADMIN)
def _review_dispute(side: Side) -> Input:
    return {"disputeId": gid(_dispute(side)), "notes": "Called both."}


@valid("resolveDispute", by=ADMIN)
def _resolve_dispute(side: Side) -> Input:
    share = {"outcome": "REFUND", "refundShare": "20"}
    return {"disputeId": gid(_dispute(side)), "resolution": "It is done."} | share


def _dispute(side: Side) -> Any:
    return DisputeFactory(order=_work(side.me, side.other, "DISPUTED"))
