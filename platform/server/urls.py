"""The addresses of the server."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.demo import DEMO_ACCOUNTS
from schema.base.views import GraphQLView
from schema.root import schema
from server import health
from server.graphiql import graphiql_page


def graphiql(request):  # type: ignore[no-untyped-def]
    return graphiql_page(request, demo_accounts=DEMO_ACCOUNTS)


urlpatterns = [
    path(
        "graphql/",
        csrf_exempt(GraphQLView.as_view(schema=schema, ide=graphiql)),
        name="graphql",
    ),
    path("admin/", admin.site.urls),
    path("livez", health.livez),
    path("readyz", health.readyz),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
