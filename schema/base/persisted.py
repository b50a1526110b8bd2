"""Documents that clients name instead of sending: registered ones, and those that were sent before.

Apollo's automatic persisted queries name a document by its SHA-256; trusted documents were
registered at deployment, under the ids that the client's tools gave them.
"""

import hashlib
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings
from strawberry import Schema

from apps.accounts.access import viewer_of
from apps.accounts.tokens import AccessToken
from apps.core.selectors import trusted_document
from kernel.valkey import valkey
from schema.base.errors import RequestError
from schema.base.execution import CACHED_LENGTH, Prepared, in_thread, prepare_for
from schema.base.http import GraphQLRequest

log = structlog.get_logger(__name__)

#: Keeps a text, and forgets those used longest ago past as many as may be kept; one slot for all,
#: as a cluster wants it.
KEEP = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local clock = redis.call('TIME')
redis.call('ZADD', KEYS[2], clock[1] * 1000000 + clock[2], ARGV[1])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
if over > 0 then
    for i, old in ipairs(redis.call('ZPOPMIN', KEYS[2], over)) do
        if i % 2 == 1 then redis.call('HDEL', KEYS[1], old) end
    end
end
"""
FIND = """
local text = redis.call('HGET', KEYS[1], ARGV[1])
if text then
    local clock = redis.call('TIME')
    redis.call('ZADD', KEYS[2], 'XX', clock[1] * 1000000 + clock[2], ARGV[1])
end
return text
"""


class NotFound(RequestError):
    """The document was not sent before; by these words Apollo's clients know to send it."""

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound", "persisted_query_not_found")


class NotTrusted(RequestError):
    """The document is none of those that were registered, and no others run."""

    def __init__(self) -> None:
        super().__init__("Only registered documents run.", "document_not_trusted")


async def prepare_asked(
    schema: Schema, claims: AccessToken | None, asked: GraphQLRequest
) -> Prepared:
    """The operation that a request asks for, by its text or by its document's name.

    Raises what ``prepare_for`` raises, and RequestError where the document is not known, is another
    than its hash says, or may not run.
    """
    query, name = asked.query, asked.document_id or _hash_in(asked.extensions)
    if name is None and not (query and query.strip()):
        raise RequestError("The request has no query.", "query_missing")
    text = await in_thread(lambda: _find(name, query, claims)) if name or _is_closed() else query
    assert text is not None
    prepared = await prepare_for(claims, schema, text, asked.operation_name)
    if name and query and not _is_closed():
        await in_thread(lambda: _keep(name, query))
    return prepared


def _is_closed() -> bool:
    return bool(settings.TRUSTED_DOCUMENTS_ONLY)


def _hash_in(extensions: dict[str, Any] | None) -> str | None:
    """The hash of Apollo's protocol. Raises RequestError for another version of it."""
    given = (extensions or {}).get("persistedQuery")
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("version") != 1:
        raise RequestError("Persisted queries are of version 1.", "persisted_query_not_supported")
    found = given.get("sha256Hash")
    if not isinstance(found, str) or not 0 < len(found) <= 100:
        raise RequestError("The persisted query has no hash.", "persisted_query_not_supported")
    return found


def _find(name: str | None, query: str | None, claims: AccessToken | None) -> str:
    """The text of a document. Raises NotFound, NotTrusted, and RequestError for a wrong hash."""
    digest = hashlib.sha256(query.encode()).hexdigest() if query else None
    if name and digest and name != digest and not _is_closed():
        raise RequestError("This is not the query of the hash.", "persisted_query_mismatch")
    if name and not query and (found := _registered(name) or _kept(name)):
        return found
    if not _is_closed():
        if query:
            return query
        raise NotFound
    if digest and _registered(digest):
        return str(query)
    if query and claims and viewer_of(claims).is_staff:
        return query
    raise NotTrusted


@lru_cache(maxsize=1000)
def _remembered(name: str) -> str:
    found = trusted_document(name)
    if found is None:
        raise KeyError(name)
    return found


def _registered(name: str) -> str | None:
    """The text of a registered document, which never changes; None where there is none."""
    try:
        return _remembered(name)
    except KeyError:
        return None


def _keys() -> tuple[str, str]:
    prefix = f"{{{settings.PERSISTED_PREFIX}}}"
    return f"{prefix}:texts", f"{prefix}:used"


def _kept(name: str) -> str | None:
    """The text that was sent before; None where it was not, or where nothing is known of that."""
    if _is_closed():
        return None
    try:
        found = valkey().eval(FIND, 2, *_keys(), name)
    except (redis.RedisError, OSError):
        log.warning("persisted_queries_are_away")
        return None
    return None if found is None else bytes(found).decode()


def _keep(name: str, text: str) -> None:
    """Keep the text of a document that can run; a very long one is sent each time."""
    if len(text) > CACHED_LENGTH:
        return
    try:
        valkey().eval(KEEP, 2, *_keys(), name, text, settings.PERSISTED_QUERIES_MAX)
    except (redis.RedisError, OSError):
        log.warning("persisted_queries_are_away")
