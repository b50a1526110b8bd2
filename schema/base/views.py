"""GraphQL over HTTP, as graphql.github.io/graphql-over-http says it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from graphql import GraphQLError, OperationType
from strawberry import Schema
from strawberry.django.views import AsyncGraphQLView
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.types.execution import ExecutionResult

from apps.accounts import tokens
from apps.accounts.errors import InvalidAccessToken
from schema.base.context import Context
from schema.base.errors import present
from schema.base.event_streams import EventStream, transport_for
from schema.base.execution import InvalidDocument
from schema.base.http import (
    BadRequest,
    BodyTooLarge,
    GraphQLRequest,
    address_of,
    bearer,
    read_json,
    request_id_of,
    request_of,
)
from schema.base.persisted import prepare_asked
from schema.base.public import public_answers
from schema.base.running import run
from schema.base.uploads import read_multipart

log = structlog.get_logger(__name__)

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

#: How operations that did not run are answered when that was not the request's fault, by code.
STATUSES = {
    "invalid_token": 401,
    # As Apollo's clients expect it.
    "persisted_query_not_found": 200,
    "rate_limited": 429,
    "overloaded": 503,
    "timed_out": 503,
    "internal_error": 500,
}

#: Headers that a page of another origin cannot send without asking first.
PREFLIGHT_HEADERS = ("Apollo-Require-Preflight", "X-Apollo-Operation-Name", "GraphQL-Preflight")


IDE = Callable[[HttpRequest], HttpResponse | None]


class GraphQLView(AsyncGraphQLView[Context, None]):
    """The HTTP side of the endpoint: strict about requests, exact about status codes."""

    schema: Schema
    #: Renders GraphiQL for browsers; it answers None, or is None, where that is closed.
    ide: IDE | None = None

    def __init__(self, ide: IDE | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ide = ide

    async def dispatch(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer a request; whatever is wrong with it is answered as JSON with a code."""
        context = Context(
            request_id=request_id_of(request),
            ip_address=address_of(
                request.META.get("REMOTE_ADDR"), request.headers.get("X-Forwarded-For")
            ),
            user_agent=request.headers.get("User-Agent", ""),
            request=request,
        )
        try:
            response = await self._respond(request, context)
        except DatabaseError as error:
            # As documents and sessions are looked up; Django would answer with a page.
            response = _failure(request, error, context.request_id)
        response["X-Request-Id"] = context.request_id
        return response

    async def _respond(self, request: HttpRequest, context: Context) -> HttpResponseBase:
        if request.method == "GET" and "query" not in request.GET and _wants_html(request):
            return await self._graphiql(request)
        try:
            transport = transport_for(request.headers.get("Accept", ""))
            token = bearer(request.headers.get("Authorization"))
            context.claims = None if token is None else tokens.read(token)
            if transport is not None:
                return await self._stream(request, context, transport, token)
            return await self._answer(request, context, _media_type(request))
        except InvalidAccessToken as error:
            return _refusal(request, [(error.message, error.code)], 401)
        except BadRequest as error:
            return _refusal(request, [(error.message, error.code)], error.status)

    async def _answer(
        self, request: HttpRequest, context: Context, media_type: str
    ) -> HttpResponseBase:
        asked = await _read(request)
        try:
            prepared = await prepare_asked(self.schema, context.claims, asked)
            _check_kind(request, prepared.kind)
            context.public = public_answers()
            result = await run(self.schema, prepared, asked.variables, context)
        except (InvalidDocument, GraphQLError) as error:
            errors = error.errors if isinstance(error, InvalidDocument) else [error]
            result = ExecutionResult(
                data=None, errors=[present(e, context.request_id) for e in errors]
            )
        return _response(result, media_type, refused=_was_refused(result))

    async def _stream(
        self,
        request: HttpRequest,
        context: Context,
        transport: HTTPStreamTransport,
        token: str | None,
    ) -> HttpResponseBase:
        asked = await _read(request)
        # What is wrong with the document is told by the stream itself.
        with suppress(InvalidDocument, GraphQLError):
            prepared = await prepare_asked(self.schema, context.claims, asked)
            _check_kind(request, prepared.kind, goes_on=True)
        stream = EventStream(self.schema, context, transport)
        await stream.admit(token)
        parts = stream.parts(asked)
        return StreamingHttpResponse(parts, headers={**transport.headers, "Vary": "Accept"})

    async def _graphiql(self, request: HttpRequest) -> HttpResponse:
        page = await sync_to_async(self.ide)(request) if self.ide else None
        return page or _refusal(request, [("Not found.", "not_found")], 404)


def _wants_html(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _media_type(request: HttpRequest) -> str:
    """The media type of the answer; BadRequest 406 when the client takes neither of ours."""
    media_type: str | None = request.get_preferred_type([JSON, RESPONSE_JSON])
    if media_type is None:
        raise BadRequest("The answer is JSON, which you do not accept.", "not_acceptable", 406)
    return media_type


async def _read(request: HttpRequest) -> GraphQLRequest:
    if request.method == "GET":
        return _read_query_string(request)
    if request.method != "POST":
        raise BadRequest("GraphQL takes GET and POST.", "method_not_allowed", 405)
    content_type = (request.content_type or "").lower()
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if charset.lower() not in ("utf-8", "utf8"):
        raise BadRequest("The body must be UTF-8.", "unsupported_media_type", 415)
    if content_type == "multipart/form-data":
        if not any(name in request.headers for name in PREFLIGHT_HEADERS):
            raise BadRequest(
                f"Uploads need a header {PREFLIGHT_HEADERS[0]}, so that no other site can send "
                "them in a visitor's name.",
                "preflight_required",
            )
        return request_of(await sync_to_async(read_multipart)(request))
    if content_type not in (JSON, RESPONSE_JSON):
        raise BadRequest(
            "The body must be application/json or multipart/form-data.",
            "unsupported_media_type",
            415,
        )
    return request_of(read_json(_body(request)))


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge from error
    if len(body) > settings.BODY_MAX_BYTES:
        raise BodyTooLarge
    return body


def _read_query_string(request: HttpRequest) -> GraphQLRequest:
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") and not any(
        name in request.headers for name in PREFLIGHT_HEADERS
    ):
        raise BadRequest("Another site cannot ask by GET.", "preflight_required")
    data: dict[str, Any] = request.GET.dict()
    for name in ("variables", "extensions"):
        if data.get(name):
            data[name] = read_json(data[name])
        else:
            data.pop(name, None)
    return request_of(data)


def _check_kind(request: HttpRequest, kind: OperationType, *, goes_on: bool = False) -> None:
    if kind is OperationType.SUBSCRIPTION and not goes_on:
        raise BadRequest(
            "A subscription's answers go on: connect by WebSocket, or accept text/event-stream.",
            "subscription_over_http",
        )
    if request.method == "GET" and kind is OperationType.MUTATION:
        raise BadRequest("Mutations need POST.", "method_not_allowed", 405)


def _was_refused(result: ExecutionResult) -> bool:
    """Whether the operation did not run: its errors have no place in the answer's data."""
    return result.data is None and all(not error.path for error in result.errors or [])


def _response(result: ExecutionResult, media_type: str, *, refused: bool) -> HttpResponse:
    body: dict[str, Any] = {} if refused else {"data": result.data}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    if not refused:
        return _json(body, 200, media_type)
    told = (result.errors or [])[0].extensions or {}
    usual = 400 if media_type == RESPONSE_JSON else 200
    response = _json(body, STATUSES.get(told["code"], usual), media_type)
    if "retryAfter" in told:
        response["Retry-After"] = str(told["retryAfter"])
    return response


def _refusal(request: HttpRequest, errors: list[tuple[str, str]], status: int) -> HttpResponse:
    media_type = request.get_preferred_type([JSON, RESPONSE_JSON]) or JSON
    body = {"errors": [{"message": text, "extensions": {"code": code}} for text, code in errors]}
    response = _json(body, status, media_type)
    if status == 405:
        response["Allow"] = "GET, POST" if request.method != "GET" else "POST"
    return response


def _failure(request: HttpRequest, error: Exception, request_id: str) -> HttpResponse:
    """The answer where something failed before the operation ran."""
    shown = present(GraphQLError(str(error), original_error=error), request_id)
    media_type = request.get_preferred_type([JSON, RESPONSE_JSON]) or JSON
    return _response(ExecutionResult(data=None, errors=[shown]), media_type, refused=True)


def _json(body: dict[str, Any], status: int, media_type: str) -> HttpResponse:
    response = HttpResponse(
        orjson.dumps(body), status=status, content_type=f"{media_type}; charset=utf-8"
    )
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if status == 503:
        response["Retry-After"] = "1"
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept"
    return response
