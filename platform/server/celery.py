"""The Celery application: wake-ups and schedules; what must not be lost lies in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")

app = Celery("fundi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
