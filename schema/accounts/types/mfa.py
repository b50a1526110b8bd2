"""Second factors, as their users see them."""

from uuid import UUID

import segno
import strawberry
import strawberry_django
from strawberry import auto

from apps.accounts import models
from apps.accounts.services.mfa import Enrollment
from kernel.viewer import acting_as
from schema.base.context import Info
from schema.base.nodes import fetch
from schema.base.types import Node


@strawberry_django.type(models.MfaDevice)
class MfaDevice(Node):
    """An authenticator app that makes a user's one-time passwords."""

    name: auto
    confirmed_at: auto
    last_used_at: auto
    created_at: auto


@strawberry.type(description="What an authenticator app has to be told, once.")
class MfaEnrollment:
    """A second factor that waits for its first code."""

    device_id: strawberry.Private[UUID]
    secret: str = strawberry.field(description="To be typed into the app, in base32.")
    otpauth_uri: str = strawberry.field(description="The same for an app on this device to open.")
    qr_svg: str = strawberry.field(description="The same as a picture to scan: an <svg> element.")

    @strawberry.field(description="The device, which does nothing before confirmMfa.")
    def device(self, info: Info) -> MfaDevice:
        """The device as its user sees it."""
        info.context.payload.enter_context(acting_as(info.context.viewer))
        return fetch(models.MfaDevice, self.device_id, info)


@strawberry.type(description="Codes that stand in once each for a device that was lost.")
class RecoveryCodes:
    """Recovery codes, on the one occasion that they are shown."""

    codes: list[str] = strawberry.field(description="To be kept safe: they are not shown again.")


def mfa_enrollment(enrollment: Enrollment) -> MfaEnrollment:
    """What setting up a second factor takes, as clients see it."""
    return MfaEnrollment(
        device_id=enrollment.device.pk,
        secret=enrollment.secret,
        otpauth_uri=enrollment.uri,
        qr_svg=segno.make(enrollment.uri, micro=False).svg_inline(scale=4),
    )
