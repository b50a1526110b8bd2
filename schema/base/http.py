"""What HTTP and WebSocket share: request ids, bearer tokens, and reading a request's body."""

import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest

from apps.accounts.errors import InvalidAccessToken

#: What a request may hold. A document that the server knows is named by ``documentId``, or as
#: Apollo does in the extensions.
PARAMETERS: dict[str, type] = {
    "query": str,
    "variables": dict,
    "extensions": dict,
    "operationName": str,
    "documentId": str,
}


class BadRequest(Exception):
    """The request is no GraphQL request; answered with a status, a code and a sentence."""

    def __init__(self, message: str, code: str = "bad_request", status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


class BodyTooLarge(BadRequest):
    """The body is over the limit."""

    def __init__(self) -> None:
        super().__init__("The body is too large.", "body_too_large", 413)


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of a GraphQL request."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None

    @property
    def names_a_document(self) -> bool:
        """Whether it says which document it is, instead of sending it or besides."""
        return bool(self.document_id) or "persistedQuery" in (self.extensions or {})


def new_request_id() -> str:
    """A random id that ties an answer to its lines in the log."""
    return secrets.token_hex(8)


def request_id_of(request: HttpRequest) -> str:
    """The id that a request was given when it came; a new one where none was."""
    return getattr(request, "request_id", None) or new_request_id()


def address_of(peer: str | None, forwarded: str | None) -> str | None:
    """The caller's address: the peer's, or as the outermost of our TRUSTED_PROXIES heard it.

    ``forwarded`` is X-Forwarded-For, to which each proxy appends; what stands before is hearsay.
    """
    heard = [part.strip() for part in (forwarded or "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    found = heard[-proxies] if 0 < proxies <= len(heard) else peer
    try:
        return str(ip_address(found or ""))
    except ValueError:
        return None


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header, None without one; InvalidAccessToken for others."""
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidAccessToken
    return token.strip()


def read_json(data: bytes | str) -> Any:
    """A JSON value; raises BadRequest for anything else."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is not valid JSON.", "invalid_json") from error


def request_of(data: Any) -> GraphQLRequest:
    """A GraphQL request from a JSON value, its parts checked; raises BadRequest."""
    if not isinstance(data, dict):
        raise BadRequest("The body must be one JSON object: batches are not taken.")
    for name, kind in PARAMETERS.items():
        if not isinstance(data.get(name), kind | None):
            raise BadRequest(f"The parameter {name} is not of the right type.")
    request = parameters_of(data)
    if not (request.query or "").strip() and not request.names_a_document:
        raise BadRequest("The request has no query.", "query_missing")
    return request


def parameters_of(data: dict[str, Any]) -> GraphQLRequest:
    """A GraphQL request from an object whose values are of the right types."""
    return GraphQLRequest(
        query=data.get("query"),
        variables=data.get("variables"),
        operation_name=data.get("operationName") or None,
        extensions=data.get("extensions"),
        document_id=data.get("documentId"),
    )
