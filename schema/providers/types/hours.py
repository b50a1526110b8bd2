"""When providers work, as they and clients see it."""

from datetime import datetime

import strawberry
import strawberry_django
from strawberry import auto

from apps.providers import models
from schema.base.types import Node


@strawberry_django.type(models.ProviderHoursException)
class ProviderHoursException(Node):
    """A day on which a provider keeps other hours than in the week; for itself alone to see."""

    date: auto
    hours: auto
    version: auto


@strawberry_django.type(models.ProviderTimeOff)
class ProviderTimeOff(Node):
    """A time in which a provider takes no work; for itself alone to see."""

    starts_at: auto
    ends_at: auto
    reason: auto
    version: auto


@strawberry.type(description="A time in which a provider is at work.")
class Opening:
    """A span of its hours."""

    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends.")
