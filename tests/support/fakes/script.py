"""What goes wrong next with a fake, in the order in which it is to happen."""

from collections import deque
from threading import Lock
from typing import Generic, TypeVar

Fault = TypeVar("Fault")


class Script(Generic[Fault]):
    """The faults of the next answers; after the last of them all is well again."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._planned: deque[Fault | None] = deque()
        self._outage: Fault | None = None

    def then(self, *faults: Fault | None) -> None:
        """Have the next answers go wrong, one each; None lets one through."""
        with self.lock:
            self._planned.extend(faults)

    def always(self, fault: Fault) -> None:
        """Have every answer go wrong from now on, until all is made well again."""
        with self.lock:
            self._outage = fault

    def recover(self) -> None:
        """Forget all faults that are planned."""
        with self.lock:
            self._planned.clear()
            self._outage = None

    def _next_fault(self) -> Fault | None:
        with self.lock:
            return self._planned.popleft() if self._planned else self._outage
