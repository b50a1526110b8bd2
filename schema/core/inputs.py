"""What mutations of settings and of releases of apps take."""

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET, relay
from strawberry.scalars import JSON

from schema.base.mutation import Keyed, Versioned
from schema.core.types import AppPlatform, SettingType


@strawberry.input(description="What is told of a setting.")
class SettingDetails:
    """The fields that making and changing a setting share."""

    type: SettingType | None = strawberry.field(
        default=UNSET, description="How its value is read; a new one's as a text."
    )
    description: str | None = strawberry.field(default=UNSET, description="What it is for.")
    category: str | None = strawberry.field(default=UNSET, description="What it is grouped under.")
    is_public: bool | None = strawberry.field(
        default=UNSET, description="Whether clients may read it; a new one they may not."
    )
    requires_admin: bool | None = strawberry.field(
        default=UNSET, description="Whether superusers alone may change it; a new one yes."
    )
    validation_regex: str | None = strawberry.field(
        default=UNSET,
        description="A regular expression of PostgreSQL's that the whole value has to match.",
    )
    min_value: Decimal | None = strawberry.field(
        default=UNSET, description="The least number; of a text, the least length."
    )
    max_value: Decimal | None = strawberry.field(
        default=UNSET, description="The greatest number; of a text, the greatest length."
    )


@strawberry.input(description="A new setting.")
class CreateSystemSettingInput(SettingDetails, Keyed):
    """What making a setting takes."""

    key: str = strawberry.field(
        description="Its name: small letters, digits, `-` and `_`, with dots between the parts."
    )
    value: str = strawberry.field(description="Its value, as text.")


@strawberry.input(description="What is to change of a setting; what is left out stays.")
class UpdateSystemSettingInput(SettingDetails, Versioned):
    """Changes of a setting."""

    id: relay.GlobalID = strawberry.field(description="The setting.")
    key: str | None = strawberry.field(default=UNSET, description="Its name.")
    value: str | None = strawberry.field(default=UNSET, description="Its value, as text.")


@strawberry.input(description="A setting to remove.")
class DeleteSystemSettingInput:
    """Names a setting."""

    id: relay.GlobalID = strawberry.field(description="The setting.")


@strawberry.input(description="What is told of a release.")
class AppVersionDetails:
    """The fields that announcing and changing a release share."""

    release_notes: str | None = strawberry.field(default=UNSET, description="What is new in it.")
    is_forced_update: bool | None = strawberry.field(
        default=UNSET, description="Whether older versions must update."
    )
    is_active: bool | None = strawberry.field(default=UNSET, description="Whether it may be used.")
    download_url: str | None = strawberry.field(
        default=UNSET, description="Where it can be had, by https."
    )
    file_size: int | None = strawberry.field(default=UNSET, description="Bytes to load.")
    checksum: str | None = strawberry.field(
        default=UNSET, description="SHA-256 of the file: 64 hexadecimal digits."
    )
    min_os_version: str | None = strawberry.field(default=UNSET, description="The oldest system.")
    max_os_version: str | None = strawberry.field(default=UNSET, description="The newest system.")
    device_requirements: JSON | None = strawberry.field(
        default=UNSET, description="What a device must have."
    )


@strawberry.input(description="A release to announce.")
class CreateAppVersionInput(AppVersionDetails, Keyed):
    """What announcing a release takes."""

    platform: AppPlatform = strawberry.field(description="What it runs on.")
    version: str = strawberry.field(description="Its name, such as 2.4.1 or 2.5.0-rc.1.")
    build_number: int = strawberry.field(
        description="Its build, greater than that of any release for the platform."
    )
    release_date: date = strawberry.field(description="The day of its release.")


@strawberry.input(
    description="What is to change of a release; what is left out stays, and so do its platform,"
    " name and build."
)
class UpdateAppVersionInput(AppVersionDetails):
    """Changes of a release."""

    id: relay.GlobalID = strawberry.field(description="The release.")
    release_date: date | None = strawberry.field(
        default=UNSET, description="The day of its release."
    )


@strawberry.input(description="A release to forget.")
class DeleteAppVersionInput:
    """Names a release."""

    id: relay.GlobalID = strawberry.field(description="The release.")
