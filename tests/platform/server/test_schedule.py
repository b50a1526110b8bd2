"""What is started by the clock."""

from django.conf import settings

from server.celery import app


def test_all_that_the_clock_starts_is_known_to_workers():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled <= set(app.tasks)


def test_orders_and_bids_end_within_a_minute_of_their_time():
    seconds = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert seconds["apps.orders.tasks.expire_orders"] <= 60
    assert seconds["apps.orders.tasks.expire_bids"] <= 60
