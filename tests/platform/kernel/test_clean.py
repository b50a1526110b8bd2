"""What checking a row asks of the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import ServiceAddon
from tests.factories.catalog import SubcategoryFactory


@pytest.mark.django_db
def test_a_row_is_checked_without_asking_for_what_keys_guarantee():
    addon = ServiceAddon(subcategory=SubcategoryFactory(), name="New washer", price=500)

    with CaptureQueriesContext(connection) as asked:
        addon.full_clean()

    tables = [query["sql"] for query in asked.captured_queries if " FROM " in query["sql"]]
    assert tables == []
