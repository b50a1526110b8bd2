"""A lead from who asks to who has done the work, each with an app and a phone of their own."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
from tests.support.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


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
            print(self.house.log())
            raise


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    """Web, worker and beat at work, and text messages that arrive."""
    with ExitStack() as stack:
        house = House(stack.enter_context(running_valkey()), tmp_path)
        stack.callback(house.close)
        phones = stack.enter_context(Phones())
        server = house.web()
        house.settings |= {
            "PUBLIC_URL": server.url.removesuffix("/graphql/"),
            "SMS_GATEWAY": "panacea",
            "PANACEA_URL": phones.address,
            "PANACEA_USERNAME": phones.username,
            "PANACEA_PASSWORD": phones.password,
        }
        house.worker()
        house.beat()
        yield Town(house, server, phones)


def _world(cast: Cast) -> dict[str, Any]:
    """Three who repair taps near Ben, and the tokens of all who take part."""
    service, area = SubcategoryFactory(), AreaFactory()
    finn, gail = UserFactory(name="Finn Fourie"), UserFactory(name="Gail Govender")
    adas = cast.ada_business
    for provider in (adas, ProviderFactory(user=finn), ProviderFactory(user=gail)):
        OfferedServiceFactory(provider=provider, subcategory=service)
    people = {"ada": cast.ada, "ben": cast.ben, "dora": cast.dora, "finn": finn, "gail": gail}
    ids = {"service": service, "category": service.category, "area": area, "adas": adas}
    tokens = {name: start_session(user=user).access_token for name, user in people.items()}
    return {"tokens": tokens, **{name: gid(row) for name, row in ids.items()}}


def test_a_lead_is_confirmed_claimed_priced_won_and_ordered(town: Town, cast: Cast):
    ensure_refund_reasons()

    saw = town.goes_through("leads.mjs", _world(cast))

    assert (saw["before"], saw["delivery"]) == ([20, 12, 0], "DELIVERED")
    assert (saw["wrong"], saw["confirmed"]["status"]) == ("invalid_code", "VERIFIED")
    assert (saw["claimedOnce"], saw["paid"]) == (True, [16, 8, 0])
