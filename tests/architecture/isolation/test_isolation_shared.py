"""What says that it is the same for all is: each field of each stream that is executed once for all
who hear of something, as each of them.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import sentinel

import pytest
from django.core import signing
from graphql import get_named_type, is_abstract_type, is_composite_type, is_required_argument
from pytest_django import Settings

from apps.accounts import tokens
from apps.core.models import EventRecord
from kernel.errors import EXPECTED
from kernel.viewer import SYSTEM, acting_as
from schema.base.context import Context
from schema.base.execution import Prepared, prepare, source_of
from schema.base.judging import executed, let_in, payload_of
from schema.base.listeners import Listener
from schema.base.sharing import is_shared, says_shared
from schema.root import schema
from tests.architecture.isolation import documents
from tests.architecture.isolation.topics import Topic, topics_of
from tests.architecture.isolation.world import World

pytestmark = pytest.mark.django_db

CORE = schema._schema
#: How many relations are followed from an event.
DEPTH = 3


def selection(kind: Any, depth: int = 0) -> str:
    """All fields of a type that say that they are shared, and of what they lead to."""
    if is_abstract_type(kind):
        parts = [f"... on {each.name} {selection(each, depth)}" for each in possible(kind)]
        return "{ __typename " + " ".join(parts) + " }"
    return "{ __typename " + " ".join(_shared_of(kind, depth)) + " }"


def possible(kind: Any) -> list[Any]:
    """The object types of a union or an interface."""
    return list(CORE.get_possible_types(kind))


def _shared_of(kind: Any, depth: int) -> Iterator[str]:
    for name, field in kind.fields.items():
        if not says_shared(field) or any(map(is_required_argument, field.args.values())):
            continue
        inner = get_named_type(field.type)
        # A name of its own for each type, where types of one union have fields of one name.
        alias = f"{kind.name}_{name}: {name}"
        if not is_composite_type(inner):
            yield alias
        elif depth < DEPTH:
            yield f"{alias} {selection(inner, depth + 1)}"


def selected(name: str) -> list[str]:
    """All that is shared of a subscription's events, each kind of them by itself."""
    kind = get_named_type(documents.SUBSCRIPTIONS[name].type)
    if not is_abstract_type(kind):
        return [selection(kind)]
    return [f"{{ ... on {each.name} {selection(each)} }}" for each in possible(kind)]


def document(name: str, topic: Topic, part: str) -> str:
    """A subscription to a topic."""
    literals = ", ".join(f"{key}: {json.dumps(value)}" for key, value in topic.arguments.items())
    given = f"({literals})" if literals else ""
    return f"subscription {{ {name}{given} {part} }}"


def answers(world: World, prepared: Prepared, records: list[EventRecord]) -> dict[int, set[str]]:
    """What those who may hear of facts are told of each."""
    stream = asyncio.run(source_of(schema, prepared, None, Context(request_id="")))
    found: dict[int, set[str]] = {record.pk: set() for record in records}
    for actor in world.nine():
        for token in filter(None, actor.tokens):
            listener = Listener(
                *(schema, prepared, None, stream, tokens.read(token)),
                *("", None, sentinel.outlet),
            )
            for record in heard_by(listener, records):
                told = payload_of(executed(listener, listener.viewer(), record))
                found[record.pk].add(told)
    return found


def heard_by(listener: Listener, records: list[EventRecord]) -> list[EventRecord]:
    """The facts that a listener is told of."""
    try:
        viewer = listener.viewer()
        with acting_as(viewer):
            let_in(listener, viewer)
            admits = listener.stream.admits
            return [record for record in records if admits is None or admits(viewer, record)]
    except EXPECTED:
        return []


@pytest.mark.parametrize("name", sorted(documents.SUBSCRIPTIONS))
def test_what_is_shared_is_the_same_for_all(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
):
    # All that can be selected is, under names of its own.
    settings.DOCUMENT_LIMITS = replace(settings.DOCUMENT_LIMITS, aliases=1000)
    # Addresses of files are signed with the second in which they are read.
    now = time.time()
    monkeypatch.setattr(signing, "time", SimpleNamespace(time=lambda: now))
    for topic in topics_of(world, name):
        with acting_as(SYSTEM):
            last = EventRecord.objects.order_by("pk").last()
            topic.cause()
            records = list(EventRecord.objects.filter(pk__gt=last.pk if last else 0))
        for part in selected(name):
            prepared = prepare(schema, document(name, topic, part), None)

            found = answers(world, prepared, records)

            assert is_shared(schema, prepared)
            assert all(len(told) <= 1 for told in found.values()), found
            assert any(found.values())
