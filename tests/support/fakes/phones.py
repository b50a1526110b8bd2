"""Panacea Mobile with the phones behind it, which somebody holds and reads."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import httpx

from tests.support.fakes.base import Answer, Request
from tests.support.fakes.panacea import DELIVERED, UNDELIVERED, Panacea


class Phones(Panacea):
    """Each message arrives and is reported, also before the answer to who sent it has; ``/inbox``
    tells the texts that a number was sent. ``away`` are numbers where nothing arrives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.away: set[str] = set()
        self._network = ThreadPoolExecutor(1)
        self._reports: list[Future[httpx.Response]] = []

    def answer(self, request: Request) -> Answer:
        """Take a message, or show those of a phone."""
        if request.path != "/inbox":
            return super().answer(request)
        number = request.query["number"]
        return Answer.of_json([m.text for m in self.messages if m.to == number])

    def _take(self, asked: dict[str, str]) -> Answer:
        taken = super()._take(asked)
        for message in self.messages[len(self._reports) :]:
            mask = UNDELIVERED if message.to in self.away else DELIVERED
            self._reports.append(self._network.submit(self.report, message, mask))
        return taken

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._network.shutdown()
        super().__exit__(kind, error, at)
        if error is None:
            assert all(report.result().is_success for report in self._reports)
