"""The devices that take push messages."""

import strawberry
from strawberry import relay

from apps.accounts import access, models
from apps.accounts.services import devices
from schema.accounts.types.devices import Device, DevicePlatform
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import mutation


@strawberry.input(description="A device that takes push messages.")
class RegisterDeviceInput:
    """A device."""

    token: str = strawberry.field(description="What Firebase Cloud Messaging knows it by.")
    platform: DevicePlatform = strawberry.field(description="What it runs.")


@strawberry.input(description="A device that is to take none.")
class UnregisterDeviceInput:
    """Names a device."""

    id: relay.GlobalID = strawberry.field(description="The device.")


@strawberry.type
class DevicesMutation:
    """Mutations of devices."""

    @mutation(
        gate=SignedIn,
        description="Take push messages on a device, and nobody else there; call it at each start.",
    )
    def register_device(self, info: Info, input: RegisterDeviceInput) -> Device:
        """Register a device."""
        return devices.register_device(
            user=info.context.viewer.user, token=input.token, platform=input.platform
        )

    @mutation(gate=SignedIn, description="Take no more push messages on a device.")
    def unregister_device(self, info: Info, input: UnregisterDeviceInput) -> Done:
        """Unregister a device."""
        viewer = info.context.viewer
        devices.unregister_device(device=access.device_of(viewer, key(input.id, of=models.Device)))
        return Done()
