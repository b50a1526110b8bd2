"""The addresses of the server."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.static import serve

from apps.accounts.demo import DEMO_ACCOUNTS
from schema.base.views import GraphQLView
from schema.root import schema
from server import health
from server.graphiql import graphiql_page


def graphiql(request: HttpRequest) -> HttpResponse:
    """GraphiQL, with the demo accounts at hand in development."""
    return graphiql_page(request, demo_accounts=DEMO_ACCOUNTS)


ide = graphiql if settings.OPEN_INTROSPECTION else None
urlpatterns = [
    # No cookie says who asks, so there is nothing that another site's page could borrow.
    path("graphql/", csrf_exempt(GraphQLView.as_view(schema=schema, ide=ide)), name="graphql"),
    path("admin/", admin.site.urls),
    path("livez", health.livez),
    path("readyz", health.readyz),
]
if not settings.PRODUCTION:
    media = settings.MEDIA_URL.lstrip("/")
    urlpatterns.append(path(f"{media}<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))
