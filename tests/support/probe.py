"""Our endpoint, over our schema with a few more fields that misbehave on purpose.

Within a test: ``pytest.mark.urls("tests.support.probe")``. As a server: ``probe_asgi``.
"""

import asyncio
from collections.abc import AsyncGenerator

import strawberry
from django.db import connection, connections, router
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry.tools import merge_types

from apps.accounts.models import User
from kernel.errors import NotFound
from schema import root
from schema.accounts.types import users as schema_users
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.mutation import mutation
from schema.base.pagination import query
from schema.base.streams import subscription
from schema.base.views import GraphQLView
from server import urls

SECRET = "the password is hunter2"


@strawberry.type
class ProbeQuery:
    """Fields that take long, and fields that fail."""

    @query(gate=Anyone, description="Sleeps in the database; the backend that slept.")
    def sleep(self, seconds: float) -> int | None:
        """Sleep in the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])
            return int(cursor.fetchone()[0])

    @query(gate=Anyone, description="Whether a replica answers, which it does after some seconds.")
    def on_replica(self, after: float = 0.0) -> bool:
        """Ask the database that is read from, with a table of it in hand."""
        with connections[router.db_for_read(User)].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_user")
            cursor.execute("SELECT pg_is_in_recovery(), pg_sleep(%s)", [after])
            return bool(cursor.fetchone()[0])

    @query(gate=Anyone, description="Changes something, as queries should not; how many rows.")
    def touch(self) -> int:
        """Write."""
        return User.objects.update(description="touched")

    @query(gate=Anyone, description="Fails as nobody expected.")
    def fail(self) -> int | None:
        """Fail."""
        raise RuntimeError(SECRET)

    @query(gate=Anyone, description="Fails, and says over what.")
    def fail_over(self, text: str) -> int | None:
        """Fail, with a value in the failure."""
        try:
            raise KeyError(text)
        except KeyError as error:
            raise RuntimeError(f"No {text} was found.") from error

    @query(gate=Anyone, description="Fails in the database, which says over what.")
    def collide(self, email: str) -> int | None:
        """Write two rows of which there may be one."""
        return len(User.objects.bulk_create([User(email=email), User(email=email)]))

    @query(gate=Anyone, description="Fails in the database, which shows the whole row.")
    def incomplete(self, email: str) -> int | None:
        """Take from a row what it must have."""
        return User.objects.filter(email=email).update(name=None)


@strawberry.type
class ProbeMutation:
    """An effect that takes long."""

    @mutation(gate=Anyone, description="Writes, and then sleeps in the database.")
    def nap(self, info: Info, seconds: float) -> schema_users.User:
        """Describe all users as napping, and sleep in the same transaction."""
        User.objects.update(description="napping")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [seconds])
        return User.objects.order_by("pk").first()


@strawberry.type
class ProbeSubscription:
    """Streams that fail, or say nothing."""

    @subscription(gate=Anyone, description="Sends one number, then fails as nobody expected.")
    async def failing(self) -> AsyncGenerator[int, None]:
        """Send one, and fail."""
        yield 1
        raise RuntimeError(SECRET)

    @subscription(gate=Anyone, description="Sends one number, then refuses.")
    async def refusing(self) -> AsyncGenerator[int, None]:
        """Send one, and refuse."""
        yield 1
        raise NotFound

    @subscription(gate=Anyone, description="Says more than anybody can read.")
    async def flood(self, size: int) -> AsyncGenerator[str, None]:
        """Send words of so many characters without end."""
        while True:
            yield "x" * size

    @subscription(gate=Anyone, description="Says nothing.")
    async def silent(self) -> AsyncGenerator[int, None]:
        """Wait for ever."""
        await asyncio.Event().wait()
        yield 1


schema = root.FundiSchema(
    query=merge_types("Query", (root.Query, ProbeQuery)),
    mutation=merge_types("Mutation", (root.Mutation, ProbeMutation)),
    subscription=merge_types("Subscription", (root.Subscription, ProbeSubscription)),
    extensions=root.schema.extensions,
    execution_context_class=root.schema.execution_context_class,
    config=root.schema.config,
)

urlpatterns = [
    path("graphql/", csrf_exempt(GraphQLView.as_view(schema=schema, ide=None))),
    *urls.urlpatterns,
]
