"""A load of the demo data that was cut short is taken up again."""

import pytest
from django.core.management import call_command

from apps.core import demo
from apps.orders.models import Bid, Order
from kernel.demo import store
from server.management.commands.load_demo import plan


@pytest.mark.soak
def test_what_is_missing_is_loaded_and_nothing_twice(db: None) -> None:
    groups = plan(2026)
    orders = next(i for i, rows in enumerate(groups) if isinstance(rows[0], Order))
    for rows in [*groups[:orders], groups[orders][:700]]:
        store(rows, lambda count: None)
    assert not demo.is_loaded()

    call_command("load_demo", "--once")

    assert demo.is_loaded()
    assert Order.objects.count() == 2000
    assert Bid.objects.count() == sum(len(rows) for rows in groups if isinstance(rows[0], Bid))
