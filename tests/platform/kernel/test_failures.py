"""What is written down of failures: kinds and places, and nothing that somebody sent."""

import re

import pytest
from django.db import IntegrityError, connection

from apps.accounts.models import User
from kernel.failures import kind_of, place_of, trace_of

SECRET = "hunter2"


def _failure() -> Exception:
    """A failure that came of another one, both of which say too much."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise RuntimeError(f"There is no {SECRET}.") from error
    except RuntimeError as error:
        return error


def test_a_failure_is_told_with_what_it_came_of_and_without_their_texts():
    told = trace_of(_failure())

    kinds = re.findall(r"^(\w+)$", told, flags=re.MULTILINE)
    assert kinds == ["KeyError", "RuntimeError"]
    assert told.count("test_failures.py") == 2
    assert SECRET not in told


def test_a_failure_has_a_place():
    assert re.fullmatch(r"RuntimeError in test_failures\._failure:\d+", place_of(_failure()))
    assert place_of(ValueError(SECRET)) == "ValueError"


def test_failures_of_a_group_are_told_one_by_one():
    told = trace_of(ExceptionGroup(SECRET, [ValueError(SECRET), _failure()]))

    assert re.findall(r"^\w+$", told, flags=re.MULTILINE) == [
        *("KeyError", "RuntimeError", "ValueError", "ExceptionGroup")
    ]


def test_failures_that_name_each_other_come_to_an_end():
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first

    assert trace_of(first) == "KeyError\n\nValueError"


@pytest.mark.django_db
def test_of_the_database_it_is_told_which_rule_was_broken_and_not_by_what():
    emails = [User(email=f"{SECRET}@example.org") for _ in range(2)]

    with pytest.raises(IntegrityError, match=SECRET) as failed:
        User.objects.bulk_create(emails)

    assert kind_of(failed.value) == "IntegrityError (23505 accounts_user user_email)"
    assert SECRET not in trace_of(failed.value)


@pytest.mark.django_db
def test_of_a_row_that_lacks_something_the_column_is_told():
    User.objects.create(email=f"{SECRET}@example.org")

    with pytest.raises(IntegrityError, match=SECRET) as failed:
        User.objects.update(name=None)

    assert kind_of(failed.value) == "IntegrityError (23502 accounts_user name)"
    assert connection.needs_rollback


def test_of_the_system_it_is_told_what_it_said():
    assert kind_of(FileNotFoundError(2, "No such file or directory", SECRET)) == (
        "FileNotFoundError (No such file or directory)"
    )
