"""What users tell of themselves, and the end of their accounts."""

from datetime import date
from typing import BinaryIO, cast

import strawberry
from strawberry import UNSET, relay
from strawberry.file_uploads import Upload

from apps.accounts.services import deletion, photos, profiles
from apps.catalog.access import catalog_entry
from apps.catalog.models import Language
from schema.accounts.types.users import Gender, User
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import Fresh, SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import Keyed, Versioned, mutation


@strawberry.input(description="Which messages are to be on or off; what is left out stays.")
class NotificationPreferencesInput:
    """Switches."""

    email: bool | None = strawberry.field(default=UNSET, description="Whether mails are wanted.")
    sms: bool | None = strawberry.field(
        default=UNSET, description="Whether text messages are wanted."
    )
    push: bool | None = strawberry.field(
        default=UNSET, description="Whether push messages are wanted."
    )


@strawberry.input(
    description="What is to change of one's profile; what is left out stays. The version is that of"
    " the profile."
)
class UpdateProfileInput(Versioned):
    """Changes of a profile."""

    first_name: str | None = strawberry.field(default=UNSET, description="The given name.")
    last_name: str | None = strawberry.field(default=UNSET, description="The family name.")
    name: str | None = strawberry.field(
        default=UNSET,
        description="The name shown to others; where new names come without it, it is made of"
        " them.",
    )
    description: str | None = strawberry.field(
        default=UNSET, description="What the user says of themselves."
    )
    timezone: str | None = strawberry.field(
        default=UNSET, description="The IANA time zone in which the user's days begin."
    )
    bio: str | None = strawberry.field(default=UNSET, description="A few words about the user.")
    date_of_birth: date | None = strawberry.field(default=UNSET, description="The day of birth.")
    gender: Gender | None = strawberry.field(default=UNSET, description="As the user states it.")
    address: str | None = strawberry.field(default=UNSET, description="Street and number.")
    city: str | None = strawberry.field(default=UNSET, description="City or town.")
    state: str | None = strawberry.field(default=UNSET, description="Province or region.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    postal_code: str | None = strawberry.field(default=UNSET, description="Postal code.")
    latitude: float | None = strawberry.field(default=UNSET, description="Degrees north.")
    longitude: float | None = strawberry.field(default=UNSET, description="Degrees east.")
    preferred_language_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The language that the user reads best."
    )
    notification_preferences: NotificationPreferencesInput | None = strawberry.field(
        default=UNSET, description="Which messages the user wants."
    )


@strawberry.input(description="A picture of oneself.")
class UploadPhotoInput(Keyed):
    """A new picture."""

    photo: Upload = strawberry.field(description="A JPEG, PNG or WebP file.")


@strawberry.type
class ProfileMutation:
    """Mutations of one's own account."""

    @mutation(gate=SignedIn, description="Change what one tells of oneself.")
    def update_profile(self, info: Info, input: UpdateProfileInput) -> User:
        """Change one's profile."""
        viewer = info.context.viewer
        apart = {"version", "preferred_language_id", "notification_preferences"}
        changes = given(input, without=apart)
        if input.preferred_language_id is not UNSET:
            id = input.preferred_language_id
            language = catalog_entry(viewer, Language, key(id, of=Language)) if id else None
            changes["preferred_language"] = language
        if input.notification_preferences:
            switches = given(input.notification_preferences)
            changes["notification_settings"] = {
                name: on for name, on in switches.items() if on is not None
            }
        return profiles.update_profile(user=viewer.user, changes=changes, version=input.version)

    @mutation(gate=SignedIn, description="Show a picture of oneself, in place of the one before.")
    def upload_photo(self, info: Info, input: UploadPhotoInput) -> User:
        """Show a picture."""
        return photos.upload_photo(
            user=info.context.viewer.user, file=cast("BinaryIO", input.photo)
        )

    @mutation(gate=SignedIn, description="Show no picture of oneself any more.")
    def remove_photo(self, info: Info) -> User:
        """Remove the picture."""
        return photos.remove_photo(user=info.context.viewer.user)

    @mutation(
        gate=Fresh,
        description="Close one's account with all that hangs on it; after some weeks what is"
        " personal in it is erased for good.",
    )
    def delete_account(self, info: Info) -> Done:
        """Close one's account."""
        deletion.delete_account(user=info.context.viewer.user)
        return Done()
