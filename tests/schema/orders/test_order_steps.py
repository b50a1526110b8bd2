"""Who follows an order hears of each step that it takes."""

from pathlib import Path

import pytest

from apps.accounts.services.sessions import start_session
from tests.factories.cast import Cast
from tests.support.followers import await_followers
from tests.support.graphql import gid
from tests.support.server import serving
from tests.support.sockets import connected
from tests.support.steps import TABLE, Scene

FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type order { status } } }"

#: What is told of each step.
TOLD = {
    "publish": "OrderPublished",
    "expire": "OrderExpired",
    "extend": "OrderExtended",
    "assign": "OrderAssigned",
    "reopen": "OrderReopened",
    "start": "OrderStarted",
    "complete": "OrderCompleted",
    "confirm": "OrderConfirmed",
    "cancel": "OrderCancelled",
    "cancel_by_staff": "OrderCancelled",
    "dispute": "OrderDisputed",
    "resolve": "DisputeResolved",
}


@pytest.mark.django_db(transaction=True)
def test_each_step_is_told_to_who_follows(tmp_path: Path, cast: Cast):
    begins = {step: next(iter(ends)) for step, ends in TABLE.items()} | {"resolve": "DISPUTED"}
    scenes = {step: Scene.set(status, cast.ben_client) for step, status in begins.items()}
    token = start_session(user=cast.ben).access_token

    with serving(tmp_path) as server, connected(server.ws_url, token=token, init=True) as socket:
        for step, scene in scenes.items():
            socket.subscribe(step, FOLLOW, variables={"id": gid(scene.order)})
        for scene in scenes.values():
            await_followers(scene.order)
        assert socket.is_silent()
        for step in TABLE:
            scenes[step].take(step)
        scenes["resolve"].decide("DISMISSED", None)
        heard: dict[str, str] = {}
        while heard.keys() != TOLD.keys():
            ((step, payload),) = socket.answer().items()
            # Before the order's step, those of its bids that it turned down.
            if (fact := payload["data"]["orderEvents"]["type"]) != "BidRejected":
                heard.setdefault(step, fact)

    assert heard == TOLD
