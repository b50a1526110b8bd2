"""An id for each request: in its answer, and beside all that is logged of it.

It is always of our own making: who could choose it could have lines of the log look like others'.
"""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware
from structlog.contextvars import bound_contextvars

from schema.base.http import new_request_id

HEADER = "X-Request-Id"

Handler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def request_ids(handle: Handler) -> Handler:
    """Give each request an id, and its answer too."""

    async def answer(request: HttpRequest) -> HttpResponseBase:
        request.request_id = new_request_id()  # type: ignore[attr-defined]
        with bound_contextvars(request_id=request.request_id):  # type: ignore[attr-defined]
            response = await handle(request)
        response.headers.setdefault(HEADER, request.request_id)  # type: ignore[attr-defined]
        return response

    return answer
