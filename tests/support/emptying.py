"""Emptying the database after a test that committed, sooner than Django's flush does.

Only tables that were written to are emptied, and what migrations say of the models is kept: flush
removes that as well, and makes it anew for all of them.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

#: They are made of the models, by migrations.
KEPT = {"django_content_type", "auth_permission"}
#: By its size, which tells of rows that policies hide.
WRITTEN = """
    SELECT format('%%I.%%I', schemaname, relname) FROM pg_stat_user_tables
    WHERE relname = ANY(%s) AND pg_relation_size(relid) > 0
"""


def empty() -> None:
    """Remove all rows of all models."""
    with connection.cursor() as cursor:
        names = connection.introspection.django_table_names(include_views=False)
        cursor.execute(WRITTEN, [list({*names} - KEPT)])
        if written := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")


@pytest.fixture(autouse=True, scope="session")
def emptying() -> Iterator[None]:
    """Have Django's tests end so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield
