"""Ends connections whose session or membership ended, or whose token expired."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from apps.accounts import tokens
from apps.accounts.access import lasting
from apps.accounts.tokens import AccessToken
from schema.base.execution import in_thread
from schema.base.loops import per_loop, process_task
from schema.base.news import Bell, news

log = structlog.get_logger(__name__)

#: Seconds between tries to look at sessions while the database is away.
CHECK_INTERVAL = 0.5


class Connection(Protocol):
    """What is open for as long as a session goes on."""

    claims: AccessToken | None

    @property
    def most(self) -> int:
        """How many of its kind one user may have open in a process."""

    def expire(self) -> None:
        """Close it, for who opened it may no longer."""

    def give_way(self) -> None:
        """Close it, for who opened it opened too many more."""


class Watch:
    """The connections of this process by whose they are: a user's are looked at when something
    happened to that user, and all that are to be looked at, in one statement.
    """

    def __init__(self) -> None:
        #: In the order in which they were opened.
        self._of_user: dict[UUID, dict[Connection, None]] = {}
        self._bells: dict[UUID, Bell] = {}
        self._timers: dict[Connection, asyncio.TimerHandle] = {}
        self._suspects: set[Connection] = set()
        self._asked: list[tuple[AccessToken, asyncio.Future[bool]]] = []
        self._checking: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many are watched over."""
        return len(self._timers)

    async def admit(self, connection: Connection, token: str) -> bool:
        """Watch over a connection from now on; whether its session goes on. Raises
        InvalidAccessToken for a token that is none, and DatabaseError.
        """
        claims = connection.claims = tokens.read(token)
        known = self._of_user.setdefault(claims.user_id, {})
        known[connection] = None
        loop = asyncio.get_running_loop()
        left = tokens.seconds_left(token)
        self._timers[connection] = loop.call_later(left, self._expire, connection)
        if len(known) == 1:
            bell = self._bells[claims.user_id] = self._bell_of(claims.user_id)
            await news().ring(f"user:{claims.user_id}", bell)
        # After the bell was hung up: what ends the session from here on rings it.
        lasts = await self._lasts(claims)
        if lasts:
            self._make_room(known, connection)
        return lasts

    async def dismiss(self, connection: Connection) -> None:
        """Watch over a connection no more."""
        if connection.claims is None or connection not in self._timers:
            return
        self._timers.pop(connection).cancel()
        self._suspects.discard(connection)
        user_id = connection.claims.user_id
        known = self._of_user[user_id]
        del known[connection]
        if not known:
            del self._of_user[user_id]
            await news().hush(f"user:{user_id}", self._bells.pop(user_id))

    def _bell_of(self, user_id: UUID) -> Callable[[], None]:
        def bell() -> None:
            self._suspects.update(self._of_user.get(user_id, ()))
            self._check()

        return bell

    async def _lasts(self, claims: AccessToken) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((claims, future))
        self._check()
        return await future

    def _check(self) -> None:
        if self._checking is None:
            self._checking = process_task(self._look())

    async def _look(self) -> None:
        try:
            await self._look_at_all()
        finally:
            # At once: who asks before a callback ran would wait for a check that nobody begins.
            self._checking = None

    async def _look_at_all(self) -> None:
        while self._suspects or self._asked:
            asked, self._asked = self._asked, []
            suspects, self._suspects = self._suspects, set()
            claims = {each for each, _ in asked}
            claims |= {each.claims for each in suspects if each.claims is not None}
            try:
                good = await in_thread(partial(lasting, claims))
            except DatabaseError as error:
                # Crowded or away: the bell may have rung for the end, so it is asked again.
                log.warning("session_not_checked", exc_info=True)
                self._suspects |= suspects
                for _, future in asked:
                    _settle(future, error)
                await asyncio.sleep(CHECK_INTERVAL)
                continue
            for each, future in asked:
                _settle(future, each in good)
            for connection in suspects:
                if connection.claims not in good:
                    self._expire(connection)

    def _expire(self, connection: Connection) -> None:
        """End a connection, and watch over it no more, whether it goes or not."""
        connection.expire()
        process_task(self.dismiss(connection))

    def _make_room(self, known: dict[Connection, None], newest: Connection) -> None:
        """Have the oldest of too many give way: mostly nobody is there any more who reads it."""
        same = [each for each in known if type(each) is type(newest)]
        for oldest in same[: max(0, len(same) - newest.most)]:
            oldest.give_way()
            process_task(self.dismiss(oldest))


def _settle(future: "asyncio.Future[bool]", answer: bool | DatabaseError) -> None:
    if future.done():
        return
    if isinstance(answer, DatabaseError):
        future.set_exception(answer)
    else:
        future.set_result(answer)


watch = per_loop(Watch)
