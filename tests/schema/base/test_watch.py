"""Who is watched over is looked at whenever that is asked, also at the end of another look."""

import asyncio
from typing import Any

import pytest

from apps.accounts.services.sessions import start_session
from schema.base.news import news
from schema.base.watch import watch
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Door:
    """A connection."""

    claims: Any = None
    most = 10

    def expire(self) -> None:
        """Close it."""

    give_way = expire


def test_who_comes_as_a_look_ends_is_looked_at_too():
    token = start_session(user=UserFactory()).access_token
    doors = [Door(), Door(), Door()]

    async def admitted() -> list[bool]:
        try:
            async with asyncio.timeout(10):
                # Each goes on as soon as the look has answered, before anything else runs.
                return [await watch().admit(door, token) for door in doors]
        finally:
            for door in doors:
                await watch().dismiss(door)
            await news().close()

    assert asyncio.run(admitted()) == [True, True, True]
