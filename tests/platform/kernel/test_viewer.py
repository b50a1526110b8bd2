"""Who acts, as the database hears it."""

from threading import Barrier

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from kernel.viewer import SYSTEM, VISITOR, Viewer, acting_as, current_viewer
from tests.factories.accounts import UserFactory
from tests.support.races import race

NAMES = ("fundi.user_id", "fundi.request_id", "fundi.oversees", "statement_timeout")
NOBODY = ["", "", ""]


def told() -> list[str]:
    """What the connection says of user, request, what they oversee and time-out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT "
            + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in NAMES)
        )
        return list(cursor.fetchone())


def backend() -> int:
    """The connection's number at the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_settings_end_with_the_transaction():
    viewer = Viewer(user=UserFactory(), request_id="r-1")

    with acting_as(viewer, statement_timeout="7s"):
        inside, acting = told(), current_viewer()
    after = told()

    assert inside == [str(viewer.user_id), "r-1", "", "7s"]
    assert (acting, current_viewer()) == (viewer, VISITOR)
    assert after[:3] == NOBODY
    assert after[3] != "7s"


@pytest.mark.django_db(transaction=True)
def test_the_settings_end_with_a_transaction_that_fails():
    with pytest.raises(RuntimeError), acting_as(SYSTEM):
        raise RuntimeError

    assert told()[:3] == NOBODY
    assert current_viewer() == VISITOR


@pytest.mark.django_db(transaction=True)
def test_the_next_user_of_a_pooled_connection_inherits_nothing():
    user = UserFactory()

    def as_user() -> tuple[int, list[str]]:
        with acting_as(Viewer(user=user, request_id="first")):
            return backend(), told()

    def as_nobody() -> tuple[int, list[str]]:
        return backend(), told()

    connection.close()
    [(one, inside)] = race(as_user)
    later = dict(race(as_nobody)[0] for _ in range(25))

    assert inside[:2] == [str(user.pk), "first"]
    assert later[one][:3] == NOBODY


@pytest.mark.django_db(transaction=True)
def test_requests_that_interleave_keep_to_themselves():
    users, together = [UserFactory() for _ in range(4)], Barrier(4)

    def request(number: int) -> list[list[str]]:
        heard = []
        for turn in range(10):
            with acting_as(Viewer(user=users[number], request_id=f"{number}.{turn}")):
                together.wait(10)
                heard.append([*told()[:2], str(current_viewer().user_id)])
            connection.close()
        return heard

    heard = race(*[lambda number=number: request(number) for number in range(4)])

    for number, user in enumerate(users):
        key = str(user.pk)
        assert heard[number] == [[key, f"{number}.{turn}", key] for turn in range(10)]


@pytest.mark.django_db
def test_a_thread_starts_as_a_visitor():
    with acting_as(SYSTEM):
        [elsewhere] = race(current_viewer)

    assert elsewhere == VISITOR


@pytest.mark.django_db
def test_an_inner_viewer_gives_back_to_the_outer_one():
    user = UserFactory()

    with acting_as(Viewer(user=user, request_id="outer"), statement_timeout="9s"):
        before = told()
        with acting_as(SYSTEM, statement_timeout="3s"):
            inside = told()
        after, acting = told(), current_viewer()

    assert inside == ["", "", "*", "3s"]
    assert after == before == [str(user.pk), "outer", "", "9s"]
    assert acting.user == user


@pytest.mark.django_db
def test_an_inner_viewer_who_fails_gives_back_to_the_outer_one():
    with acting_as(Viewer(request_id="outer"), statement_timeout="9s"):
        before = told()
        with pytest.raises(RuntimeError), acting_as(SYSTEM, statement_timeout="3s"):
            raise RuntimeError
        after = told()

    assert after == before == ["", "outer", "", "9s"]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_stopped():
    with pytest.raises(OperationalError) as stopped, acting_as(VISITOR, statement_timeout="50ms"):
        sleep(5)

    assert isinstance(stopped.value.__cause__, psycopg.errors.QueryCanceled)
    sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_without_an_own_limit_that_of_the_settings_holds(settings):
    settings.STATEMENT_TIMEOUT = "60ms"

    with pytest.raises(OperationalError), acting_as(VISITOR):
        sleep(5)
    with acting_as(VISITOR, statement_timeout="5s"):
        sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_stopped_statement_leaves_nothing_of_its_transaction():
    with pytest.raises(OperationalError), acting_as(VISITOR, statement_timeout="200ms"):
        user = UserFactory()
        sleep(5)

    with transaction.atomic():
        assert not type(user).objects.filter(pk=user.pk).exists()


def sleep(seconds: float) -> None:
    """Sleep in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_a_permission_is_the_role_or_the_system():
    viewer = Viewer(permissions=frozenset({"orders.view"}))

    assert (viewer.can("orders.view"), viewer.can("orders.edit")) == (True, False)
    assert SYSTEM.can("orders.edit")
    assert (VISITOR.is_signed_in, VISITOR.is_staff, SYSTEM.is_staff) == (False, False, True)
