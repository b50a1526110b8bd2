"""The server's application with the probe's schema at its endpoint, and with an address that tells
what the process holds at this moment.
"""

import json
from typing import Any

from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

# Sets Django up, so it comes before what is ours.
from server.asgi import application as application
from server.asgi import router, sockets

from schema.base.event_streams import EventStream  # isort: skip
from schema.base.hub import hub  # isort: skip
from schema.base.sockets import GraphQLSocket  # isort: skip
from schema.base.watch import watch  # isort: skip
from server import drain  # isort: skip
from tests.support import probe  # isort: skip

settings.ROOT_URLCONF = "tests.support.probe"
probing = path("graphql/", GraphQLSocket.as_asgi(schema=probe.schema))
router.application_mapping["websocket"] = drain.admitted(URLRouter([probing, *sockets[1:]]))
django_application = router.application_mapping["http"]


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Answer ``/held`` here, and all else as ever."""
    if scope["path"] != "/held":
        await django_application(scope, receive, send)
        return
    held = {
        "listeners": hub().listeners,
        "sockets": len(GraphQLSocket.live),
        "streams": len(EventStream.live),
        "watched": watch().connections,
    }
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(held).encode()})


router.application_mapping["http"] = http
