"""Facts that services publish, and the handlers that hear of them.

``publish`` writes a fact to the event log in the transaction that made it true; handlers run after
commit, at least once, by the log's deliveries. The log's table belongs to a domain, named by the
setting EVENT_LOG, as AUTH_USER_MODEL names the users' table.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kernel.viewer import current_viewer

EventType = TypeVar("EventType", bound="Event")


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact: ids and plain values, named in the past tense. ``topics`` says whom it concerns."""

    #: Every event class by its name, as the log stores it.
    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        namesake = Event.registry.get(cls.__name__)
        if namesake is not None and namesake.__module__ != cls.__module__:
            raise TypeError(f"There is another event {cls.__name__}, in {namesake.__module__}.")
        Event.registry[cls.__name__] = cls

    def topics(self) -> list[str]:
        """The streams that carry this fact, such as ``order:<id>``."""
        return []

    def payload(self) -> dict[str, Any]:
        """The fact as JSON-ready values."""
        return {
            key: str(value) if isinstance(value, UUID) else value
            for key, value in asdict(self).items()
        }

    @staticmethod
    def load(name: str, payload: dict[str, Any]) -> "Event":
        """The fact that the log stored under a name; fields unknown today are dropped."""
        cls = Event.registry[name]
        known = {f.name: f.type for f in fields(cls)}
        return cls(**{k: _read(known[k], v) for k, v in payload.items() if k in known})


def _read(kind: Any, value: Any) -> Any:
    return UUID(value) if value is not None and "UUID" in str(kind) else value


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that reacts to one kind of fact, known by its dotted name."""

    name: str
    function: Callable[[Any], None]


_handlers: dict[str, list[Handler]] = {}


def on(
    event: type[EventType],
) -> Callable[[Callable[[EventType], None]], Callable[[EventType], None]]:
    """Have a function called with each fact of a kind: after commit, at least once, in any order.

    It runs in a transaction together with the note that it ran, so its own rows are exact.
    """

    def register(function: Callable[[EventType], None]) -> Callable[[EventType], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _handlers.setdefault(event.__name__, []).append(Handler(name, function))
        return function

    return register


def handlers_of(event_name: str) -> list[Handler]:
    """The handlers of a kind of fact, by its name."""
    return _handlers.get(event_name, [])


Waker = Callable[[int, list[str], bool], None]
_wakers: list[Waker] = []


def wake_by(waker: Waker) -> None:
    """Have a function called after each commit that published: with the key of the fact in the log,
    its topics, and whether handlers wait. What it does is a hint and may be lost: sweeps find what
    it missed.
    """
    _wakers.append(waker)


def wake(event_id: int, topics: list[str], handlers_wait: bool) -> None:
    """Tell the wakers that a fact was committed."""
    for waker in _wakers:
        waker(event_id, topics, handlers_wait)


def publish(event: Event) -> None:
    """Write a fact, and a delivery for each of its handlers, in the running transaction."""
    append = cast("Callable[..., None]", import_string(settings.EVENT_LOG))
    append(event=event, viewer=current_viewer())


Passer = Callable[[Event], None]
_passers: list[Passer] = []


def pass_by(passer: Passer) -> None:
    """Have a function called with each event that is passed on."""
    _passers.append(passer)


def pass_on(event: Event) -> None:
    """Tell those who listen to the event's topics at this moment, once the running transaction is
    committed: it is kept nowhere, no handler hears of it, and it may be lost.
    """
    transaction.on_commit(lambda: _pass(event))


def _pass(event: Event) -> None:
    for passer in _passers:
        passer(event)
