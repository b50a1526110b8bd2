"""The limit: a bare ASGI application that has PostgreSQL make each answer in one statement.

It knows its callers by their whole token, which it looks up in memory; it checks nothing else.
"""

import os
from pathlib import Path
from typing import Any

import orjson
from psycopg_pool import AsyncConnectionPool

from tests.load.statements import read_request

#: Whom the tokens stand for, in a file, because the limit has no signatures to check.
VIEWERS: dict[bytes, str] = {
    f"Bearer {token}".encode(): user
    for token, user in orjson.loads(Path(os.environ["LOAD_VIEWERS"]).read_bytes()).items()
}
HEADERS = [(b"content-type", b"application/json")]

pool = AsyncConnectionPool(
    os.environ["LOAD_CONNINFO"],
    min_size=8,
    max_size=8,
    open=False,
    kwargs={"autocommit": True},
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request, or the server itself."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["method"] == "GET":
        await _send(send, b"{}")
    else:
        viewer = VIEWERS[dict(scope["headers"])[b"authorization"]]
        await _send(send, await _answer(viewer, await _read(receive)))


async def _live(receive: Any, send: Any) -> None:
    await receive()
    await pool.open(wait=True)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message.get("more_body", False)
    return body


async def _answer(viewer: str, body: bytes) -> bytes:
    statement, parameters = read_request(body)
    async with pool.connection() as connection:
        found = await connection.execute(
            statement.text, {"viewer": viewer, **parameters}, prepare=True
        )
        row = await found.fetchone()
    return str(row[0]).encode() if row else b'{"errors": []}'


async def _send(send: Any, body: bytes) -> None:
    headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
