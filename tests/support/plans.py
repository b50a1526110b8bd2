"""How the database answers what was asked: the plans of statements that were sent."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plans(captured: CaptureQueriesContext, table: str) -> list[str]:
    """The plans of the captured reads of a table, each as text."""
    reads = [
        query["sql"]
        for query in captured.captured_queries
        if query["sql"].lstrip().startswith(("SELECT", "WITH")) and f'"{table}"' in query["sql"]
    ]
    return [_plan(sql) for sql in reads]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
