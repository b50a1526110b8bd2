"""The server's application, which answers nobody while there is a file ``stop`` in a folder.

How many wait to be answered is told by the files beside it.
"""

import asyncio
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from server.asgi import application as answering

FOLDER = Path(os.environ["STOPPING_FOLDER"])


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer as ever, but for the endpoint while that file is there."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start" and (FOLDER / "stop").exists():
            (FOLDER / f"answer-{uuid4().hex}").touch()
            await asyncio.Event().wait()
        await send(message)

    await answering(scope, receive, sending if scope["type"] == "http" else send)
