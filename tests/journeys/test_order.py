"""An order posted, bid on and assigned over WebSocket by the graphql-ws client, live."""

from pathlib import Path

import pytest

from apps.accounts.services.sessions import start_session
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.support.graphql import gid
from tests.support.node import journey
from tests.support.server import BOTH, serving


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("daphne", BOTH)
def test_an_order_is_followed_live_and_replayed(tmp_path: Path, daphne: bool):
    cast = Cast()
    cast.ada_business, cast.ben_client  # noqa: B018
    ben, ada = (start_session(user=user).access_token for user in (cast.ben, cast.ada))

    with serving(tmp_path, daphne=daphne) as server:
        ids = gid(SubcategoryFactory()), gid(AreaFactory())
        told = journey("order.mjs", server.ws_url, ben, ada, *ids)

    types = [event["type"] for event in told["live"]]
    assert types == ["OrderPublished", "BidPlaced", "OrderAssigned", "OrderStarted"]
    assert told["live"][1]["bid"] == {"amount": {"amount": "850.00"}}
    assert [event["type"] for event in told["replayed"]] == types[1:]
