"""A query, a mutation, an upload and a subscription with Apollo Client, as a web app has it."""

from pathlib import Path

import pytest
from PIL import Image

from apps.accounts.services.sessions import start_session
from tests.factories.cast import Cast
from tests.factories.catalog import SubcategoryFactory
from tests.support.graphql import gid
from tests.support.node import journey
from tests.support.server import BOTH, serving


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("daphne", BOTH)
def test_a_web_app_asks_changes_uploads_and_follows(tmp_path: Path, daphne: bool):
    cast, photo = Cast(), tmp_path / "tap.png"
    token = start_session(user=cast.ben_client.user_profile.user).access_token
    Image.new("RGB", (8, 8), "blue").save(photo)

    env = {"PERSISTED_PREFIX": tmp_path.name}
    with serving(tmp_path, daphne=daphne, env=env) as server:
        saw = journey(
            "apollo.mjs", server.url, server.ws_url, token, gid(SubcategoryFactory()), str(photo)
        )

    assert (saw["me"]["id"], saw["me"]["name"]) == (gid(cast.ben), "Ben Botha")
    assert (saw["order"]["title"], saw["order"]["status"]) == ("Tap", "DRAFT")
    assert saw["photo"]["caption"] == "It drips"
    assert saw["photo"]["photoUrl"].startswith("/media/orders/")
    assert (saw["event"]["type"], saw["event"]["order"]["status"]) == (
        "OrderUpdated",
        "PUBLISHED",
    )
    assert (saw["cached"]["title"], saw["cached"]["status"]) == ("Tap", "PUBLISHED")
    assert saw["refused"] == ["invalid_id"]
    assert saw["hashed"] == ["Ben Botha", "Ben Botha"]
    assert saw["asked"] == [False, True, False]
