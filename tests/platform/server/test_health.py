"""A web process is ready when what it cannot do without is well, and says what is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker, Settings

from apps.core.models import Delivery, EventRecord
from kernel import clock
from server import health
from tests.support.server import free_port

WELL = {"database": "ok", "migrations": "ok", "redis": "ok", "events": "ok"}


@pytest.fixture(autouse=True)
def unknowing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not seen yet that all is migrated."""
    monkeypatch.setattr(health, "_has_been_migrated", False)


@pytest.fixture
def no_database(django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[None]:
    """The database is nowhere."""
    before = dict(connection.settings_dict)
    pool = before["OPTIONS"]["pool"] | {"timeout": 0.2}
    with django_db_blocker.unblock():
        _change(HOST=str(tmp_path), OPTIONS=before["OPTIONS"] | {"pool": pool})
        yield
        _change(**before)


def _change(**address: Any) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(address)


def ask(client: Client) -> tuple[int, dict[str, str]]:
    """Whether it is ready, and how its parts are."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_a_process_is_ready_when_all_is_well(client: Client):
    assert ask(client) == (200, WELL)


@pytest.mark.usefixtures("no_database")
def test_without_its_database_it_is_not_but_lives(client: Client):
    ill = {"database": "failing", "migrations": "failing", "redis": "ok", "events": "failing"}

    assert ask(client) == (503, ill)
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_without_redis_it_is_not(client: Client, settings: Settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}"

    assert ask(client) == (503, WELL | {"redis": "failing"})


@pytest.mark.django_db
def test_before_the_last_migration_it_is_not_and_after_it_asks_no_more(client: Client):
    last = MigrationRecorder.Migration.objects.filter(app="core").order_by("-name")[0]
    last.delete()

    before = ask(client)
    last.save(force_insert=True)
    after = ask(client)
    with CaptureQueriesContext(connection) as queries:
        ask(client)

    assert (before, after) == ((503, WELL | {"migrations": "failing"}), (200, WELL))
    assert not [query for query in queries if "django_migrations" in query["sql"]]


@pytest.mark.django_db
def test_facts_that_wait_for_a_worker_are_told_and_take_no_process_out(client: Client):
    event = EventRecord.objects.create(type="OrderPublished", payload={}, topics=[])
    due = clock.now() - timedelta(seconds=70)
    delivery = Delivery.objects.create(event=event, handler="x.y", due_at=due)

    late = ask(client)
    Delivery.objects.filter(pk=delivery.pk).update(due_at=clock.now() - timedelta(seconds=50))
    in_time = ask(client)
    Delivery.objects.filter(pk=delivery.pk).update(due_at=due, state=Delivery.State.PARKED)
    parked = ask(client)

    assert late == (200, WELL | {"events": "failing"})
    assert in_time == parked == (200, WELL)
