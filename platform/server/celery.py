"""The Celery application: wake-ups and schedules; what must not be lost lies in PostgreSQL."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
# Other processes come by this module as well, once they have read their settings.
if not settings.configured:
    os.environ.setdefault("PROCESS_ROLE", "worker")

app = Celery("fundi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
