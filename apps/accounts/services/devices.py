"""The devices that users take push messages on."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import Device, User
from kernel import clock

#: More of them than anybody carries: the ones unused for longest go.
MOST = 20


@transaction.atomic
def register_device(*, user: User, token: str, platform: Device.Platform) -> Device:
    """Send push messages for a user to a device, and no longer to who used it before them.

    Raises ValidationError for a token that is none.
    """
    values = {"user": user, "platform": platform, "last_seen_at": clock.now()}
    Device(token=token, **values).clean_fields()
    device: Device
    device, _ = Device.objects.update_or_create(token=token, defaults=values)
    others = Device.objects.filter(user=user).order_by("-last_seen_at", "-pk")
    Device.objects.filter(pk__in=list(others.values_list("pk", flat=True)[MOST:])).delete()
    return device


def unregister_device(*, device: Device) -> None:
    """Send no more push messages to a device."""
    device.delete()


def unregister_all(*, user_id: UUID) -> None:
    """Send no more push messages to any of a user's devices."""
    Device.objects.filter(user=user_id).delete()
