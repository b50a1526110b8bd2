"""The end of a web process: at SIGTERM sockets are told to go, and what runs may finish."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FrameType
from typing import Any, cast

from schema.base.event_streams import close_streams, transport_for
from schema.base.news import news
from schema.base.sockets import close_sockets

#: Seconds that sockets, and then requests, may take to end; a platform kills after ten.
PATIENCE_FOR_SOCKETS = 2.0
PATIENCE_FOR_REQUESTS = 6.0
#: Seconds for those that came all the while.
PATIENCE_FOR_THE_LAST = 1.0

Application = Callable[[Any, Any, Any], Awaitable[None]]

_installed = threading.Lock()
_requests: set[asyncio.Task[Any]] = set()
_draining, _ending = threading.Event(), threading.Event()


def install() -> None:
    """Have SIGTERM drain the process before the server stops. Does nothing the second time."""
    if threading.current_thread() is not threading.main_thread() or not _installed.acquire(False):
        return
    loop = asyncio.get_running_loop()
    stop = signal.getsignal(signal.SIGTERM)

    def on_term(_number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        done = asyncio.run_coroutine_threadsafe(drain(), loop)
        if callable(stop):
            # As an interrupt: told of SIGTERM, uvicorn would raise it again and end as one killed.
            done.add_done_callback(lambda _done: stop(signal.SIGINT, frame))

    signal.signal(signal.SIGTERM, on_term)


async def drain() -> None:
    """Close all sockets with 1001, end responses that go on, leave all topics, and wait for
    requests. Who would stay is refused from here on, for nothing is heard of any more. So are
    requests that come behind the last: one that is cut off would leave a thread waiting for the
    loop, and the process with it.
    """
    _draining.set()
    close_streams()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_FOR_SOCKETS):
            await close_sockets()
            await news().close()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_FOR_REQUESTS):
            while _requests:
                await asyncio.wait(set(_requests))
    _ending.set()
    if _requests:
        await asyncio.wait(set(_requests), timeout=PATIENCE_FOR_THE_LAST)


def counted(application: Application) -> Application:
    """An HTTP application whose running requests are known, and which takes no more at the end."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if _ending.is_set() or (_draining.is_set() and _stays(scope)):
            headers = [(b"retry-after", b"1"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body"})
            return
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        _requests.add(task)
        try:
            await application(scope, receive, send)
        finally:
            _requests.discard(task)

    return run


def _stays(scope: Any) -> bool:
    """Whether a request asks for a response that goes on."""
    accept = dict(scope["headers"]).get(b"accept", b"")
    return transport_for(accept.decode("latin-1")) is not None


def admitted(application: Application) -> Application:
    """A WebSocket application which takes no more sockets at the end: 403, and they try again."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if _draining.is_set():
            await send({"type": "websocket.close"})
        else:
            await application(scope, receive, send)

    return run


async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
    """Answer the server that it may start, and stop."""
    kind = ""
    while kind != "lifespan.shutdown":
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
