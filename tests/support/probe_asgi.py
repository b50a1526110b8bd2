"""The server's application with the probe's schema at its endpoint."""

from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

# Sets Django up, so it comes before what is ours.
from server.asgi import application as application
from server.asgi import router, sockets

from schema.base.sockets import GraphQLSocket  # isort: skip
from tests.support import probe  # isort: skip

settings.ROOT_URLCONF = "tests.support.probe"
probing = path("graphql/", GraphQLSocket.as_asgi(schema=probe.schema))
router.application_mapping["websocket"] = URLRouter([probing, *sockets[1:]])
