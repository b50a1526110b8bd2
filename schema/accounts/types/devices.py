"""Devices, as their users see them."""

import strawberry_django
from strawberry import auto

from apps.accounts import models
from schema.base.types import Node, choices

DevicePlatform = choices(
    models.Device.Platform,
    "DevicePlatform",
    "What a device runs.",
    IOS="iOS.",
    ANDROID="Android.",
    WEB="A browser.",
)


@strawberry_django.type(models.Device)
class Device(Node):
    """A phone, tablet or browser that takes push messages."""

    platform: models.Device.Platform
    last_seen_at: auto
    created_at: auto
