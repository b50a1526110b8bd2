"""How long an operation may take: until its time is up, or its client has left."""

import asyncio
from collections.abc import Callable
from typing import Any

from schema.base.execution import in_thread
from schema.base.stop import Stop


async def in_time(function: Callable[[], Any], stop: Stop, seconds: float) -> Any:
    """Run a function with ORM work in a thread; after so many seconds, or where the caller is
    cancelled, its statements are, and it is waited for until it has ended.
    """

    def run() -> Any:
        with stop.reaches():
            return function()

    loop = asyncio.get_running_loop()
    timer = loop.call_later(seconds, loop.run_in_executor, None, stop.now)
    work = asyncio.ensure_future(in_thread(run))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.to_thread(stop.now)
        await asyncio.wait([work])
        raise
    finally:
        timer.cancel()
