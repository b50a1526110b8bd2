"""What is done about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from apps.chat.events import MessageSent
from apps.orders.events import OrderPublished
from kernel import events
from tests.support.faults_app.events import BellRung
from tests.support.faults_app.models import Effect

HELD = 4711


def count_bell(fact: BellRung) -> None:
    """Leave an effect, and linger over a held bell until it is let go."""
    Effect.objects.create(what=f"bell {fact.number}")
    if fact.held:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HELD])


def count_order(fact: OrderPublished) -> None:
    """Leave an effect."""
    Effect.objects.create(what=f"order {fact.order_id}")


def count_message(fact: MessageSent) -> None:
    """Leave an effect, and linger while bells are held."""
    Effect.objects.create(what=f"message {fact.message_id}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HELD])


def register() -> None:
    """Hear of bells, published orders and messages from now on."""
    events.on(MessageSent)(count_message)
    events.on(BellRung)(count_bell)
    events.on(OrderPublished)(count_order)


@contextmanager
def holding_bells() -> Iterator[None]:
    """Let no handler of a held bell end while the block runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [HELD])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [HELD])
