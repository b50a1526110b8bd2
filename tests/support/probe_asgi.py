"""The server's application with the probe's schema at its endpoint."""

from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

# Sets Django up, so it comes before what is ours.
from server.asgi import application

from schema.base.sockets import GraphQLSocket  # isort: skip
from tests.support import probe  # isort: skip

settings.ROOT_URLCONF = "tests.support.probe"
application.application_mapping["websocket"] = URLRouter(
    [path("graphql/", GraphQLSocket.as_asgi(schema=probe.schema))]
)
