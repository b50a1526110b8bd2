"""Mutations of credits."""

from tests.architecture.isolation.actors import ADMIN
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Side


@valid("purchaseCredits")
def _purchase_credits(side: Side) -> Input:
    return {"credits": 20}


@valid("adjustCredits", by=ADMIN)
def _adjust_credits(side: Side) -> Input:
    return {"providerId": gid(side.me.provider), "credits": 5, "description": "Sorry"}


@valid("exportCreditTransactions")
def _export_credit_transactions(side: Side) -> Input:
    time = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
    return {"providerId": gid(side.me.provider), **time}
