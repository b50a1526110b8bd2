"""How soon work is needed, which raises its price."""

from django.db import models


class Urgency(models.TextChoices):
    """How soon work is needed."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"
