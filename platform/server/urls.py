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
from server.files import private_file
from server.graphiql import graphiql_page
from server.metrics import metrics
from server.reports import sms_report


def graphiql(request: HttpRequest) -> HttpResponse | None:
    """GraphiQL, with the demo accounts at hand in development; where introspection is closed, for
    those alone who are signed in to the admin.
    """
    if not settings.OPEN_INTROSPECTION and not admin.site.has_permission(request):
        return None
    return graphiql_page(request, demo_accounts=DEMO_ACCOUNTS)


urlpatterns = [
    # No cookie says who asks, so there is nothing that another site's page could borrow.
    path("graphql/", csrf_exempt(GraphQLView.as_view(schema=schema, ide=graphiql)), name="graphql"),
    path("admin/", admin.site.urls),
    path("files/<str:token>", private_file, name="private_file"),
    path("reports/sms/<str:token>", sms_report, name="sms_report"),
    path("metrics", metrics),
    path("livez", health.livez),
    path("readyz", health.readyz),
]
if not settings.PRODUCTION:
    media = settings.MEDIA_URL.lstrip("/")
    urlpatterns.append(path(f"{media}<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))
