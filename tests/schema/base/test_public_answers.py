"""What the catalog answers is remembered by each web process, and forgotten when it changes."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction
from graphql import GraphQLObjectType, get_named_type
from strawberry_django.utils.typing import get_django_definition

from apps.accounts.services.sessions import start_session
from apps.catalog.events import CatalogChanged
from apps.catalog.models import ServiceCategory
from apps.core.models import EventRecord, EventTopic
from kernel import events
from kernel.viewer import SYSTEM, acting_as
from schema.base.execution import public_fields
from schema.root import schema
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, LanguageFactory
from tests.support.server import Server, serving
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

QUERY = "{ serviceCategories { edges { node { name } } } }"
WITHIN = 1.0
ON = {"PUBLIC_ANSWERS": "on"}


def names(server: Server, token: str | None = None, query: str = QUERY) -> list[str]:
    """What a web process says that the entries are called."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(server.url, json={"query": query}, headers=headers).json()
    (found,) = answer["data"].values()
    return [edge["node"]["name"] for edge in found["edges"]]


def await_memory(server: Server, category: ServiceCategory) -> None:
    """Ask until the process remembers: a change that tells nobody then goes unnoticed."""

    def remembers() -> bool:
        before = names(server)
        ServiceCategory.objects.filter(pk=category.pk).update(name=f"{time.monotonic_ns()}")
        return names(server) == before

    wait_until(remembers, seconds=10)


def rename(category: ServiceCategory, name: str) -> CatalogChanged:
    """Change a category without telling of it; the fact to tell."""
    ServiceCategory.objects.filter(pk=category.pk).update(name=name)
    return CatalogChanged(model="catalog.ServiceCategory", entry_id=category.pk)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    """Two web processes that remember."""
    folders = [tmp_path / name for name in ("one", "another")]
    with ExitStack() as stack:
        for folder in folders:
            folder.mkdir()
        yield [stack.enter_context(serving(folder, env=ON)) for folder in folders]


def test_every_process_shows_a_change_within_a_second(servers: list[Server]) -> None:
    category = CategoryFactory()
    for server in servers:
        await_memory(server, category)

    with acting_as(SYSTEM):
        events.publish(rename(category, "Pipes"))

    deadline = time.monotonic() + WITHIN
    for server in servers:
        wait_until(lambda: names(server) == ["Pipes"], seconds=deadline - time.monotonic())  # noqa: B023


def test_a_change_whose_signal_was_lost_is_seen_by_the_sweep(servers: list[Server]) -> None:
    category = CategoryFactory()
    server = servers[0]
    await_memory(server, category)

    with transaction.atomic():
        fact = rename(category, "Pipes")
        record = EventRecord.objects.create(
            type="CatalogChanged", payload={"entry_id": str(fact.entry_id)}, topics=fact.topics()
        )
        EventTopic.objects.create(event=record, topic="catalog")

    wait_until(lambda: names(server) == ["Pipes"])


def test_staff_are_answered_for_themselves(servers: list[Server]) -> None:
    LanguageFactory(name="English")
    LanguageFactory(name="Dormant", is_active=False)
    dora = UserFactory(is_staff=True, is_superuser=True)
    token = start_session(user=dora).access_token
    languages = "{ languages(order: {name: ASC}) { edges { node { name } } } }"

    asked = [names(servers[0], by, languages) for by in (None, token, None, token)]

    assert asked == [["English"], ["Dormant", "English"]] * 2


def test_public_answers_hold_nothing_that_is_for_some_alone() -> None:
    reachable = _types_below(public_fields(schema))

    models = [get_django_definition(t).model for t in reachable if get_django_definition(t)]
    assert {model._meta.app_label for model in models} <= {"catalog", "core"}
    assert models


def _types_below(names: frozenset[str]) -> list[type]:
    """All object types that the root fields lead to."""
    core = schema._schema
    waiting = [get_named_type(core.query_type.fields[name].type) for name in names]
    found: dict[str, Any] = {}
    while waiting:
        current = waiting.pop()
        if isinstance(current, GraphQLObjectType) and current.name not in found:
            found[current.name] = current
            waiting += [get_named_type(field.type) for field in current.fields.values()]
    definitions = [schema.get_type_by_name(name) for name in found]
    return [definition.origin for definition in definitions if definition is not None]
