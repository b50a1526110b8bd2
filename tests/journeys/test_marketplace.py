"""What clients, providers and staff do in a day, each from a web app of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from apps.accounts.services.sessions import start_session
from apps.core.services.system_settings import ensure_settings
from apps.orders.models import Order
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.search import index_providers
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.factories.orders import DisputeFactory
from tests.factories.providers import OfferedServiceFactory
from tests.support.graphql import gid
from tests.support.node import journey
from tests.support.server import EITHER, Server, serving

pytestmark = pytest.mark.django_db(transaction=True)

PLUMBING = {"fr": {"name": "Plomberie"}, "ru": {"name": "Сантехника"}}
TAP = {"fr": {"name": "Robinet"}, "ru": {"name": "Кран"}}
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _world(server: Server, cast: Cast, folder: Path, **more: Any) -> str:
    """What a script needs to know: where the server is, who takes part, and their files."""
    photo, paper = folder / "tap.png", folder / "licence.pdf"
    Image.new("RGB", (8, 8), "blue").save(photo)
    paper.write_bytes(PAPER)
    people = {name: getattr(cast, name) for name in ("ada", "ben", "cleo", "dora")}
    tokens = {name: start_session(user=user).access_token for name, user in people.items()}
    world = {"url": server.url, "wsUrl": server.ws_url, "tokens": tokens}
    return json.dumps({**world, "photo": str(photo), "paper": str(paper), **more})


@pytest.mark.parametrize("daphne", EITHER)
def test_a_client_quotes_orders_compares_bargains_and_disputes(
    tmp_path: Path, cast: Cast, daphne: bool
):
    plumbing = CategoryFactory(translations=PLUMBING)
    service = SubcategoryFactory(category=plumbing, translations=TAP)
    addon, pack = AddonFactory(subcategory=service), PackageFactory(subcategory=service)
    area, french = AreaFactory(), LanguageFactory(code="fr", name="French")
    LanguageFactory(code="ru", name="Russian")
    OfferedServiceFactory(provider=cast.ada_business, subcategory=service)
    index_providers(provider_ids=[cast.ada_business.pk])
    place = {"latitude": -33.94, "longitude": 18.47}
    ids = {"service": service, "area": area, "addon": addon, "pack": pack, "french": french}

    with serving(tmp_path, daphne=daphne) as server:
        keys = {name: gid(row) for name, row in ids.items()}
        saw = journey("client.mjs", _world(server, cast, tmp_path, place=place, **keys))

    assert saw["catalog"] == {
        "byProfile": ["Plomberie", "Robinet"],
        "inRussian": ["Сантехника", "Кран"],
    }
    # Dollars of the catalog, eighteen rand each.
    assert saw["quote"] == {
        "total": "1800.00",
        "lines": [["PACKAGE", "1620.00"], ["ADDON", "180.00"]],
    }
    assert saw["providers"] == [[cast.ada_business.business_name, 1.4]]
    assert saw["order"] == {"price": "1800.00", "addons": [2]}
    assert saw["photos"] == [["It drips", True]]
    assert saw["attachments"] == [["licence.pdf", "application/pdf", "The plan"]]
    assert saw["comparison"] == [["900.00", 1, 1.4], ["1200.00", 2, 1.4]]
    assert saw["outOfTurn"] == "not_your_turn"
    day = saw["day"]
    times = [f"{day}T{time}:00.000000+00:00" for time in ("10:00", "11:30")]
    assert saw["visits"] == [["CONFIRMED", *times]]
    assert saw["notes"] == [["The old one is out", 1]]
    assert saw["completion"] == "Drips no more"
    assert saw["confirmed"] == ["CONFIRMED", "850.00"]
    assert saw["events"] == [
        ["BidPlaced", "900.00"],
        ["BidPlaced", "1200.00"],
        ["CounterOffered", "900.00"],
        ["CounterOfferAccepted", "850.00"],
        ["BidRejected", "1200.00"],
        ["VisitConfirmed", None],
        ["OrderAssigned", "850.00"],
        ["OrderStarted", None],
        ["ProgressNoted", "The old one is out"],
        ["VisitCancelled", None],
        ["OrderCompleted", None],
        ["OrderConfirmed", None],
    ]
    assert saw["dispute"]["order"] == "DISPUTED"
    assert sorted(saw["dispute"]["evidence"]) == [
        ["CLIENT", "See"],
        ["CLIENT", "application/pdf"],
        ["CLIENT", "image/jpeg"],
    ]


def test_a_provider_follows_the_market_bids_works_and_withdraws(tmp_path: Path, cast: Cast):
    trade = CategoryFactory()
    service = SubcategoryFactory(category=trade)
    ids = {"service": service, "garden": SubcategoryFactory(category=trade), "category": trade}
    ids |= {"area": AreaFactory(), "addon": AddonFactory(subcategory=service)}
    ids |= {"business": cast.ada_business}

    with serving(tmp_path) as server:
        keys = {name: gid(row) for name, row in ids.items()}
        saw = journey("provider.mjs", _world(server, cast, tmp_path, **keys))

    assert saw["document"] == ["PENDING", "licence.pdf"]
    assert sorted(saw["prices"]) == [["450.00"], ["450.00", "75.00"]]
    assert saw["heardWhileAway"] is False
    assert saw["market"]["heard"] == saw["market"]["posted"]
    last = ["Before", "Away 1", "Away 2", "Away 3", "After"]
    assert saw["market"]["heard"][-5:] == last
    assert saw["bargain"] == {
        "terms": "Half now",
        "price": "800.00",
        "offers": [["PROVIDER", "800.00"], ["CLIENT", "700.00"]],
    }
    assert saw["outOfTurn"] == "not_your_turn"
    assert saw["visit"] == ["PROPOSED", "CONFIRMED"]
    assert saw["note"] == ["Half done", 1]
    assert saw["completed"] == "COMPLETED"
    assert saw["events"] == [
        *("BidPlaced", "CounterOffered", "CounterOffered", "OrderAssigned"),
        *("VisitProposed", "VisitConfirmed", "OrderStarted", "ProgressNoted"),
        *("VisitCancelled", "OrderCompleted"),
    ]
    assert saw["withdrawn"] == {"status": "PUBLISHED", "bids": ["WITHDRAWN"]}


def test_staff_run_catalog_papers_disputes_and_settings(tmp_path: Path, cast: Cast):
    ensure_settings()
    trade = CategoryFactory(requires_license=True)
    business = cast.ada_business
    ServiceProviderProfile.objects.filter(pk=business.pk).update(is_verified_provider=False)
    order = cast.ada_work(status=Order.Status.DISPUTED, final_price=80000)
    DisputeFactory(order=order)
    LanguageFactory(code="fr", name="French")
    ids = {"category": gid(trade), "business": gid(business)}

    with serving(tmp_path, env={"PUBLIC_ANSWERS": "on"}) as server:
        saw = journey("staff.mjs", _world(server, cast, tmp_path, **ids))

    assert (saw["created"], saw["cycle"]) == ("Pools", "tree_cycle")
    assert (saw["movedBelow"], saw["translated"]) == (gid(trade), "Piscines")
    assert saw["papers"] == ["LICENSE", "IDENTITY"]
    assert saw["paper"].encode() == PAPER
    assert (saw["tooEarly"], saw["twice"]) == ("documents_missing", "already_reviewed")
    assert saw["waiting"] == [0, 2]
    assert saw["verified"] == [True, True]
    assert saw["dispute"] == {"title": order.title, "orders": 1}
    assert saw["withoutShare"] == "refund_share_required"
    assert saw["resolved"] == ["CONFIRMED", "320.00"]
    assert saw["undecided"] == [0, 1]
    assert saw["toldBen"] == [["Half of it was done", None]]
    assert saw["refusedValues"] == ["out_of_range", "invalid_type", "not_allowed"]
    assert (saw["setting"], saw["shown"]) == ("14", "14")
