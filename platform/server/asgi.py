"""The ASGI application: Django for HTTP, Channels for WebSocket."""

import gc
import os
from typing import Any

from django.core.asgi import get_asgi_application

# All that is loaded stays: to look through it for cycles meanwhile takes a fifth of the start.
gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
# Django must be set up before anything of ours is imported.
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from kernel.heap import keep_what_is_loaded  # noqa: E402
from schema.base.sockets import GraphQLSocket  # noqa: E402
from schema.root import schema  # noqa: E402
from server import drain  # noqa: E402


async def refuse(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer a socket that asks for an address where there is none: 403."""
    await send({"type": "websocket.close"})


sockets: list[Any] = [path("graphql/", GraphQLSocket.as_asgi(schema=schema)), re_path("", refuse)]  # type: ignore[arg-type]
router = ProtocolTypeRouter(
    {
        "http": drain.counted(django_application),
        "websocket": drain.admitted(URLRouter(sockets)),
        "lifespan": drain.lifespan,
    }
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request, a socket, or the server itself."""
    # Here the loop runs: under uvicorn from the start on, under daphne from the first request.
    drain.install()
    await router(scope, receive, send)


keep_what_is_loaded()
