"""A mail server that keeps what it is given, on a free port of this machine."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.fakes.script import Script

Result = TypeVar("Result")


@dataclass(frozen=True)
class Mail:
    """A mail that was accepted; the recipients are those of the envelope.

    Lines of its parts end as Python's do, not as they travel.
    """

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """The part in plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The part in HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


@dataclass(frozen=True)
class Handover:
    """A mail that a client has sent and now waits to see accepted."""

    mailbox: "Smtp"
    server: SMTP
    envelope: Envelope

    def accept(self) -> str:
        """Keep the mail."""
        message = message_from_bytes(self.envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        recipients = tuple(self.envelope.rcpt_tos)
        self.mailbox.mails.append(Mail(self.envelope.mail_from or "", recipients, message))
        return "250 OK"

    def hang_up(self) -> str:
        """Close the connection."""
        assert self.server.transport is not None
        self.server.transport.close()
        return "421 Goodbye"


Fault = Callable[[Handover], Awaitable[str]]


def slow(seconds: float) -> Fault:
    """Let the client wait, then keep the mail."""

    async def play(handover: Handover) -> str:
        await asyncio.sleep(seconds)
        return handover.accept()

    return play


def held(until: Event) -> Fault:
    """Let the client wait for an event of the test, then keep the mail."""

    async def play(handover: Handover) -> str:
        while not until.is_set():  # noqa: ASYNC110 - set in the thread of the test
            await asyncio.sleep(0.02)
        return handover.accept()

    return play


def answering(answer: str) -> Fault:
    """Answer with a code and a text, and do not keep the mail."""

    async def play(handover: Handover) -> str:
        return answer

    return play


def dropped(*, keeps: bool = False) -> Fault:
    """Hang up without an answer, with the mail lost or kept."""

    async def play(handover: Handover) -> str:
        if keeps:
            handover.accept()
        return handover.hang_up()

    return play


#: What a server says that has no time now.
busy = answering("451 4.3.2 Try again later.")


class Smtp(Script[Fault]):
    """A mail server, while its block runs; the script's faults happen when a mail is handed over.

    It refuses some recipients for good, and has others try again later. What was handed over is
    noted before anything goes wrong with it.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.handovers: list[Handover] = []
        self.refused: set[str] = set()
        self.deferred: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._sessions: set[SMTP] = set()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refused:
            return "550 5.1.1 There is no such mailbox."
        if address in self.deferred:
            return "451 4.2.1 The mailbox is busy."
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, or do what the script has instead."""
        handover = Handover(self, server, envelope)
        self.handovers.append(handover)
        fault = self._next_fault()
        return await fault(handover) if fault else handover.accept()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(self._loop.create_server(self._session, self.host, 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _session(self) -> SMTP:
        session = SMTP(self, enable_SMTPUTF8=True, hostname="mail.test", loop=self._loop)
        self._sessions.add(session)
        return session

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in self._sessions:
            _hang_up(session)
        await self._server.wait_closed()


def _hang_up(session: Any) -> None:
    if session.transport:
        session.transport.abort()
