"""Rows that many tests share, in a transaction around theirs."""

from django.db import connection


def settle() -> None:
    """Have the database do now what it would do again after each test, and learn what is there.

    It puts the checks of foreign keys off to the end of the transaction, where each test asks for
    them: of all rows that no test asked of before. And it would plan for tables that are empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ANALYZE")
